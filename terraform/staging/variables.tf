variable "region" {
  description = "Region of everything but the CDN."
  type        = string
  default     = "ap-northeast-2"
}

variable "availability_zones" {
  description = "Two zones of the region; the host is in the first."
  type        = list(string)
  default     = ["ap-northeast-2a", "ap-northeast-2c"]
}

variable "domain_name" {
  description = "Host name of the server, such as staging.heart.example."
  type        = string

  validation {
    condition     = can(regex("^([a-z0-9]([a-z0-9-]*[a-z0-9])?\\.)+[a-z]{2,}$", var.domain_name))
    error_message = "Give a host name in lower case, without https:// and path."
  }
}

variable "hosted_zone_id" {
  description = "Route 53 zone of the host name."
  type        = string

  validation {
    condition     = can(regex("^Z[A-Z0-9]+$", var.hosted_zone_id))
    error_message = "The id of a Route 53 zone begins with Z."
  }
}

variable "operator_email" {
  description = "Address that gets alarms, and warnings about the TLS certificate."
  type        = string

  validation {
    condition     = can(regex("^[^@ ]+@[^@ ]+$", var.operator_email))
    error_message = "Give one e-mail address."
  }
}

variable "github_repository" {
  description = "The repository that deploys, as in the subject of its tokens: owner@id/name@id, or owner/name (see modules/github_role)."
  type        = string
}

variable "github_oidc_provider_arn" {
  description = "GitHub's OIDC provider, if the account has one already (it can have only one); null makes one."
  type        = string
  default     = null
}

variable "instance_type" {
  description = "Size of the host; during a deployment both slots run. x86, as the image is."
  type        = string
  default     = "t3.medium"
}

variable "database_instance_class" {
  description = "Size of the database's machine."
  type        = string
  default     = "db.t4g.micro"
}

variable "database_engine_version" {
  description = "Major version of PostgreSQL."
  type        = string
  default     = "17"
}

variable "smtp_port" {
  description = "Port of the mail server, which the host may reach (EMAIL_PORT)."
  type        = number
  default     = 587

  validation {
    condition     = contains([465, 587, 2465, 2587], var.smtp_port)
    error_message = "EC2 blocks port 25; mail servers take TLS on 587, 465, 2587 or 2465."
  }
}

variable "web_origins" {
  description = "Origins of web clients, such as https://staging.example.com; none for mobile clients alone."
  type        = list(string)
  default     = []
}
