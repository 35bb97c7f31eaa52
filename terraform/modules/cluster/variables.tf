variable "name" {
  description = "Name of the cluster, and beginning of the names of all its parts."
  type        = string
}

variable "kubernetes_version" {
  description = "Minor version of Kubernetes, such as 1.35. Raise it by one at a time."
  type        = string

  validation {
    condition     = can(regex("^1\\.[0-9]{2}$", var.kubernetes_version))
    error_message = "Give a minor version, such as 1.35."
  }
}

variable "subnet_ids" {
  description = "Private subnets, in two zones or more, for the addresses of the API."
  type        = list(string)
}

variable "api_allowed_cidrs" {
  description = "Networks that reach the API from outside, such as 203.0.113.7/32; none for a private API."
  type        = list(string)
  default     = []

  validation {
    condition     = alltrue([for cidr in var.api_allowed_cidrs : can(cidrhost(cidr, 0)) && tonumber(split("/", cidr)[1]) >= 16])
    error_message = "Give networks of a /16 at most, and never 0.0.0.0/0."
  }
}

variable "administrator_arns" {
  description = "IAM roles or users that administer the cluster, the one that applies Terraform among them."
  type        = set(string)

  validation {
    condition     = length(var.administrator_arns) > 0 && alltrue([for arn in var.administrator_arns : can(regex("^arn:aws:iam::[0-9]{12}:(role|user)/", arn))])
    error_message = "Give ARNs of IAM roles or users; without any nobody gets in."
  }
}

variable "node_groups" {
  description = "Groups of nodes by name: ON_DEMAND or SPOT, types of machines (x86), limits of their number, and private subnets."
  type = map(object({
    capacity_type  = string
    instance_types = list(string)
    minimum        = number
    maximum        = number
    subnet_ids     = list(string)
  }))

  validation {
    condition     = anytrue([for group in var.node_groups : group.capacity_type == "ON_DEMAND" && group.minimum > 0])
    error_message = "A cluster needs a node that AWS does not take away."
  }
}

variable "node_disk_gb" {
  description = "Disk of a node: images and temporary files. GB."
  type        = number
  default     = 60
}

variable "kms_key_arn" {
  description = "Key that encrypts the secrets of Kubernetes and the logs of the API."
  type        = string
}
