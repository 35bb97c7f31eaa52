variable "charts" {
  description = "Releases by name: repository (null for a folder), version, namespace, and the chart where its name is another."
  type = map(object({
    repository = optional(string)
    chart      = optional(string)
    version    = string
    namespace  = string
    values     = optional(string)
    set        = optional(map(string), {})
  }))

  validation {
    condition     = alltrue([for chart in var.charts : can(regex("^[0-9]+\\.[0-9]+\\.[0-9]+$", chart.version))])
    error_message = "Versions of charts are exact."
  }
}

variable "values_folders" {
  description = "Folders with values, in files named like the releases."
  type        = list(string)
}
