{{- define "heart.nginxFiles" -}}
{{- $uploads := .Values.nginx.uploads }}
{{- $changes := list
  (list "listen 80;" "listen 8080;")
  (list "limit_conn heart_uploads 100;" (printf "limit_conn heart_uploads %d;" (int $uploads.total)))
  (list "limit_conn heart_upload_networks 20;" (printf "limit_conn heart_upload_networks %d;" (int $uploads.perClient))) }}
heart.conf: |
  {{- include "heart.changedFile" (dict "root" . "file" "files/heart.conf" "changes" $changes) | nindent 2 }}
server.conf: |
  {{- .Files.Get "files/server.conf" | nindent 2 }}
  {{- range .Values.nginx.loadBalancerSubnets }}
  set_real_ip_from {{ . }};
  {{- end }}
{{- range list "nginx.conf" "edge.conf" "upstream.conf" "start-nginx.sh" "drain-nginx.sh" }}
{{ . }}: |
  {{- $.Files.Get (print "files/" .) | nindent 2 }}
{{- end }}
{{- end }}
