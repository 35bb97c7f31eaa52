variable "region" {
  description = "Region of the cluster."
  type        = string
  default     = "ap-northeast-2"
}

variable "cluster_name" {
  description = "The cluster of terraform/production."
  type        = string
  default     = "heart-to-heart-production"
}

variable "domain_name" {
  description = "Domain of the service, as in terraform/production."
  type        = string
}

variable "hosted_zone_id" {
  description = "Public Route 53 zone of the domain, as in terraform/production."
  type        = string

  validation {
    condition     = can(regex("^Z[A-Z0-9]+$", var.hosted_zone_id))
    error_message = "The id of a Route 53 zone begins with Z."
  }
}
