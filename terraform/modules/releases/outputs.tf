# For the tests of roots that use this module.
output "releases" {
  description = "Repository, version and namespace of each release, and the values of its files."
  value = {
    for name, release in helm_release.this : name => {
      repository = var.charts[name].repository
      version    = release.version
      namespace  = release.namespace
      values     = [for text in release.values : yamldecode(text)]
      set        = var.charts[name].set
    }
  }
}
