variable "name" {
  description = "Beginning of all names, such as heart-to-heart-staging."
  type        = string
}

variable "account_id" {
  description = "Account, the end of the buckets' names, which must be unique in the world."
  type        = string
}

variable "kms_key_arn" {
  description = "Key that encrypts the private bucket."
  type        = string
}

variable "versioning" {
  description = "Keep deleted files for 30 days, as backups of the database are kept (docs/backup.md). The server cannot delete them."
  type        = bool
  default     = false
}

variable "web_origins" {
  description = "Origins of web clients whose scripts read exports. The CDN lets those of all origins read images."
  type        = list(string)
  default     = []
}

variable "exports_expire_after_days" {
  description = "Days after which exports are deleted, if the server has not done it (EXPORT_RETENTION_DAYS)."
  type        = number
  default     = 30
}

variable "cdn_aliases" {
  description = "Host names of the CDN; none for its own name below cloudfront.net."
  type        = list(string)
  default     = []
}

variable "cdn_certificate_arn" {
  description = "Certificate of the CDN's host names, in us-east-1; null without host names."
  type        = string
  default     = null

  validation {
    condition     = (var.cdn_certificate_arn == null) == (length(var.cdn_aliases) == 0)
    error_message = "Host names of the CDN need a certificate, and a certificate needs host names."
  }
}
