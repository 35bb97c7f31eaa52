variable "name" {
  description = "Name of the role."
  type        = string
}

variable "provider_arn" {
  description = "GitHub's OIDC provider, if the account has one already (it can have only one); null makes one."
  type        = string
  default     = null
}

variable "repository" {
  description = <<-EOT
    The repository as in the subject of its tokens (Settings, Actions, OIDC): owner@id/name@id, or owner/name in
    repositories that are older than 15 July 2026 and do not have immutable subjects.
  EOT
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9-]+(@[0-9]+)?/[A-Za-z0-9._-]+(@[0-9]+)?$", var.repository))
    error_message = "Give one repository, owner@id/name@id or owner/name, without wildcards."
  }
}

variable "branch" {
  description = "The one branch whose workflows may take the role; null for an environment."
  type        = string
  default     = null

  validation {
    condition     = var.branch == null || can(regex("^[A-Za-z0-9._/-]+$", var.branch))
    error_message = "Give one branch, without wildcards."
  }
}

variable "environment" {
  description = "The one environment whose jobs may take the role; null for a branch."
  type        = string
  default     = null

  validation {
    condition     = var.environment == null || can(regex("^[A-Za-z0-9_-]+$", var.environment))
    error_message = "Give one environment, without wildcards."
  }

  validation {
    condition     = (var.environment == null) != (var.branch == null)
    error_message = "Give either a branch or an environment."
  }
}

variable "policy_statements" {
  description = "What the role may do."
  type        = any
}
