{{/* The image of one part of the shop: the chart's prefix and tag around its name. */}}
{{- define "shop.image" -}}
{{ .root.Values.image.prefix }}/{{ .name }}:{{ .root.Values.image.tag }}
{{- end -}}

{{/* The labels by which a Service finds its pods. */}}
{{- define "shop.labels" -}}
app: {{ .name }}
{{- end -}}
