{{- define "heart.selector" -}}
app.kubernetes.io/name: heart-to-heart
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end }}

{{- define "heart.labels" -}}
{{ include "heart.selector" . }}
app.kubernetes.io/part-of: heart-to-heart
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ .root.Chart.Name }}-{{ .root.Chart.Version }}
{{- end }}

{{/* By digest; a tag is for local clusters only. */}}
{{- define "heart.image" -}}
{{- if .digest }}{{ .repository }}@{{ .digest }}{{ else }}{{ .repository }}:{{ required "image.digest or image.tag" .tag }}{{ end }}
{{- end }}

{{- define "heart.secret" -}}
{{- if not (or .Values.secrets.existing .Values.secrets.external.keys) }}
{{- fail "secrets.existing or secrets.external.keys: where are the settings that are secrets?" }}
{{- end }}
{{- .Values.secrets.existing | default .Release.Name }}
{{- end }}

{{/* What the pods of every role have in common: no token of the API, no root, no right. */}}
{{- define "heart.pod" -}}
serviceAccountName: {{ .Values.serviceAccount.name }}
{{ include "heart.podSecurity" . }}
{{- end }}

{{- define "heart.podSecurity" -}}
automountServiceAccountToken: false
enableServiceLinks: false
securityContext:
  runAsNonRoot: true
  runAsUser: 10001
  runAsGroup: 10001
  fsGroup: 10001
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile: {type: RuntimeDefault}
{{- with .Values.imagePullSecrets }}
imagePullSecrets: {{ toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.nodeSelector }}
nodeSelector: {{ toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations: {{ toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{- define "heart.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
runAsNonRoot: true
capabilities: {drop: [ALL]}
{{- end }}

{{/* A container of our image with the settings that are no secrets. */}}
{{- define "heart.publicContainer" -}}
image: {{ include "heart.image" .Values.image | quote }}
imagePullPolicy: IfNotPresent
securityContext: {{ include "heart.containerSecurity" . | nindent 2 }}
envFrom:
  - configMapRef: {name: {{ .Release.Name }}}
{{- end }}

{{/* The container of one role of our image, without its name and arguments. */}}
{{- define "heart.container" -}}
{{ include "heart.publicContainer" . }}
  - secretRef: {name: {{ include "heart.secret" . }}}
{{- end }}

{{- define "heart.mounts" -}}
- {name: tmp, mountPath: /tmp}
{{- if .Values.databaseCertificates.configMap }}
- {name: database-certificates, mountPath: /etc/heart, readOnly: true}
{{- end }}
{{- end }}

{{/* Volumes; `tmp` is the size of /tmp. */}}
{{- define "heart.volumes" -}}
- name: tmp
  emptyDir: {sizeLimit: {{ .tmp }}}
{{- with .root.Values.databaseCertificates.configMap }}
- name: database-certificates
  configMap: {name: {{ . }}}
{{- end }}
{{- end }}

{{/* Pods in several zones and on several nodes, by the labels of a component and, during a release, of its revision. */}}
{{- define "heart.spread" -}}
{{- range $key := list "topology.kubernetes.io/zone" "kubernetes.io/hostname" }}
- maxSkew: 1
  topologyKey: {{ $key }}
  whenUnsatisfiable: ScheduleAnyway
  matchLabelKeys: [pod-template-hash]
  labelSelector:
    matchLabels: {{ include "heart.selector" $ | nindent 6 }}
      {{- with $.lane }}
      heart-to-heart/outbox: {{ . }}
      {{- end }}
{{- end }}
{{- end }}

{{/* New pods when settings change. Secrets that change need a restart: docs/production.md. */}}
{{- define "heart.podAnnotations" -}}
checksum/config: {{ include (print $.Template.BasePath "/config.yaml") . | sha256sum }}
{{- end }}

{{/* A file with some texts replaced, each of which must be there. `changes` is a list of pairs. */}}
{{- define "heart.changedFile" -}}
{{- $text := .root.Files.Get .file }}
{{- range .changes }}
{{- if not (contains (first .) $text) }}{{ fail (printf "%s has no %q" $.file (first .)) }}{{ end }}
{{- $text = replace (first .) (last .) $text }}
{{- end }}
{{- $text }}
{{- end }}

{{- define "heart.blocks" -}}
{{- range . }}
- ipBlock: {cidr: {{ . }}}
{{- end }}
{{- end }}
