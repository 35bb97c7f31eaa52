variable "name" {
  description = "Identifier of the database, such as heart-to-heart-staging."
  type        = string
}

variable "vpc_id" {
  description = "Network of the database."
  type        = string
}

variable "subnet_ids" {
  description = "Private subnets, in two zones or more."
  type        = list(string)

  validation {
    condition     = length(var.subnet_ids) >= 2
    error_message = "RDS needs subnets in two zones."
  }
}

variable "client_security_group_ids" {
  description = "Security groups whose machines may connect, by a name for each."
  type        = map(string)
}

variable "kms_key_arn" {
  description = "Key that encrypts the data, the snapshots, the logs and the master password."
  type        = string
}

variable "engine_version" {
  description = "Major version of PostgreSQL, 14 or newer; RDS installs minor ones by itself."
  type        = string
  default     = "17"

  validation {
    condition     = can(regex("^1[4-9]$", var.engine_version))
    error_message = "Give a major version of PostgreSQL, 14 or newer."
  }
}

variable "instance_class" {
  description = "Size of the machine."
  type        = string
}

variable "storage_gb" {
  description = "Storage at first, and what it may grow to by itself. GB."
  type        = object({ initial = number, maximum = number })
  default     = { initial = 20, maximum = 100 }

  validation {
    condition     = var.storage_gb.initial >= 20 && var.storage_gb.maximum > var.storage_gb.initial
    error_message = "gp3 storage has 20 GB at least, and needs room to grow."
  }
}

variable "multi_az" {
  description = "Keep a standby in a second zone, which takes over by itself."
  type        = bool
}

variable "replicas" {
  description = "Read replicas, beside the standby of multi_az, which answers nothing."
  type        = number
  default     = 0

  validation {
    condition     = var.replicas >= 0 && var.replicas <= 5
    error_message = "Give 0 to 5."
  }
}

variable "master_password" {
  description = "The first master password, if there are replicas; it goes into no state, and is changed within minutes."
  type        = string
  default     = null
  sensitive   = true
}

variable "connections_alarm" {
  description = "Connections to one machine that raise an alarm; the smallest machine takes about 110."
  type        = number
  default     = 80
}

variable "backup_retention_days" {
  description = "Days for which the database can be restored to any second."
  type        = number

  validation {
    condition     = var.backup_retention_days >= 7 && var.backup_retention_days <= 35
    error_message = "Give 7 to 35 days."
  }
}

variable "alarm_topic_arn" {
  description = "SNS topic that gets the alarms."
  type        = string
}
