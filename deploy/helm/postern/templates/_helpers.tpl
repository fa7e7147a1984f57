{{- define "postern.name" -}}
{{- .Values.nameOverride | default .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- end -}}

{{- define "postern.selector" -}}
app.kubernetes.io/name: postern
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "postern.labels" -}}
{{ include "postern.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end -}}

{{- define "postern.secret" -}}
{{- .Values.secret.existing | default (include "postern.name" .) -}}
{{- end -}}

{{- /* The keys of the secret, in order, as one text with commas. */ -}}
{{- define "postern.secretKeys" -}}
{{- if .Values.secret.existing -}}
{{- .Values.secret.keys | sortAlpha | join "," -}}
{{- else -}}
{{- keys .Values.secret.values | sortAlpha | join "," -}}
{{- end -}}
{{- end -}}
