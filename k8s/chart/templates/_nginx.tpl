{{- define "heart.nginxFiles" -}}
{{- $uploads := .Values.nginx.uploads }}
{{- $changes := list
  (list "listen 80;" "listen 8080;")
  (list "X-Forwarded-For $proxy_add_x_forwarded_for;" "X-Forwarded-For $remote_addr;")
  (list "limit_conn heart_uploads 100;" (printf "limit_conn heart_uploads %d;" (int $uploads.total)))
  (list "limit_conn heart_upload_networks 20;" (printf "limit_conn heart_upload_networks %d;" (int $uploads.perClient))) }}
heart.conf: |
  {{- include "heart.changedFile" (dict "root" . "file" "files/heart.conf" "changes" $changes) | nindent 2 }}
server.conf: |
  {{- .Files.Get "files/server.conf" | nindent 2 }}
  {{- range .Values.nginx.loadBalancerSubnets }}
  set_real_ip_from {{ . }};
  {{- end }}
edge.conf: |
  {{- .Files.Get "files/edge.conf" | nindent 2 }}
  # Requests for the admin that come by the Network Load Balancer.
  map "$server_port $host" $heart_is_admin {
      default 0;
      {{- with .Values.config.ADMIN_HOST }}
      "~*^8443 {{ regexQuoteMeta . }}$" 1;
      "~*^8081 {{ regexQuoteMeta . }}$" 1;
      {{- end }}
  }
{{- range list "nginx.conf" "upstream.conf" "start-nginx.sh" "drain-nginx.sh" }}
{{ . }}: |
  {{- $.Files.Get (print "files/" .) | nindent 2 }}
{{- end }}
{{- end }}
