variable "name" {
  description = "Name of the bucket, unique among all buckets of all accounts."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$", var.name))
    error_message = "A bucket's name has 3 to 63 lower-case letters, digits and hyphens."
  }
}

variable "kms_key_arn" {
  description = "Key that encrypts the objects; null for S3's own (SSE-S3), which a CDN can read."
  type        = string
  default     = null
}

variable "versioning" {
  description = "Keep replaced and deleted objects. Not for what must be gone when it is deleted, such as files of members."
  type        = bool
  default     = false
}

variable "expiration" {
  description = "Days after which objects are deleted, by the prefix of their names; \"\" is all of them."
  type        = map(number)
  default     = {}

  validation {
    condition     = alltrue([for days in values(var.expiration) : days >= 1])
    error_message = "Give at least one day."
  }
}

variable "cors_origins" {
  description = "Origins of web clients whose scripts may read objects, such as https://app.example.com."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for origin in var.cors_origins : can(regex("^https://[^/*]+$", origin))])
    error_message = "Each origin begins with https:// and has no path and no asterisk."
  }
}

variable "policy_statements" {
  description = "Statements of the bucket's policy, besides the one that refuses requests without TLS."
  type        = any
  default     = []
}
