# Helm releases of exact versions. A release's values are the files of its name in the folders, of which later ones win,
# then `values` as text, and then `set`, which is for what only this cluster has.

resource "helm_release" "this" {
  for_each   = var.charts
  name       = each.key
  namespace  = each.value.namespace
  repository = each.value.repository
  chart      = coalesce(each.value.chart, each.key)
  version    = each.value.version

  values = concat(
    [for folder in var.values_folders : file("${folder}/${each.key}.yaml") if fileexists("${folder}/${each.key}.yaml")],
    each.value.values[*],
  )

  set = [for name, value in each.value.set : { name = name, value = value }]

  # A release that does not get ready is undone.
  atomic          = true
  cleanup_on_fail = true
  timeout         = 900
}
