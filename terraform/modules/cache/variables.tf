variable "name" {
  description = "Identifier of the replication group, at most 40 characters."
  type        = string
}

variable "vpc_id" {
  description = "Network of the cache."
  type        = string
}

variable "subnet_ids" {
  description = "Private subnets, in two zones or more."
  type        = list(string)
}

variable "client_security_group_ids" {
  description = "Security groups whose machines may connect, by a name for each."
  type        = map(string)
}

variable "kms_key_arn" {
  description = "Key that encrypts the data and the log."
  type        = string
}

variable "node_type" {
  description = "Size of each machine."
  type        = string
}

variable "nodes" {
  description = "The primary and its replicas."
  type        = number
  default     = 2

  validation {
    condition     = var.nodes >= 2 && var.nodes <= 6
    error_message = "Failover needs two machines; there can be six."
  }
}

variable "alarm_topic_arn" {
  description = "SNS topic that gets the alarms."
  type        = string
}
