variable "cluster" {
  description = "Name and ARN of the cluster."
  type        = object({ name = string, arn = string })
}

variable "namespace" {
  description = "Namespace of the service account."
  type        = string
}

variable "service_account" {
  description = "The one service account whose pods take the role."
  type        = string
}

variable "policy_statements" {
  description = "What the role may do."
  type        = any
  default     = []
}

variable "managed_policy_arn" {
  description = "A policy of AWS for the role, in place of statements."
  type        = string
  default     = null

  validation {
    condition     = (var.managed_policy_arn == null) != (length(var.policy_statements) == 0)
    error_message = "Give either policy_statements or managed_policy_arn."
  }
}
