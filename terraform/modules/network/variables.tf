variable "name" {
  description = "Beginning of all names, such as heart-to-heart-staging."
  type        = string
}

variable "cidr_block" {
  description = "Addresses of the network, a /16."
  type        = string
  default     = "10.20.0.0/16"

  validation {
    condition     = can(cidrsubnet(var.cidr_block, 8, 255)) && endswith(var.cidr_block, "/16")
    error_message = "The network is a /16, such as 10.20.0.0/16."
  }
}

variable "availability_zones" {
  description = "Zones with a public and a private subnet each; a database needs two."
  type        = list(string)

  validation {
    condition     = length(var.availability_zones) >= 2 && length(distinct(var.availability_zones)) == length(var.availability_zones)
    error_message = "Give two or more different zones."
  }
}

variable "nat_gateways" {
  description = "NAT gateways that give private subnets a way out: 0, 1 for all of them, or one for each zone."
  type        = number
  default     = 0

  validation {
    condition     = contains([0, 1, length(var.availability_zones)], var.nat_gateways)
    error_message = "Give 0, 1, or the number of zones."
  }
}

variable "interface_endpoints" {
  description = "Services of AWS that are called through endpoints in the private subnets, such as ecr.api."
  type        = set(string)
  default     = []
}

variable "public_subnet_tags" {
  description = "Further tags of public subnets, such as those by which a load balancer controller finds them."
  type        = map(string)
  default     = {}
}

variable "private_subnet_tags" {
  description = "Further tags of private subnets."
  type        = map(string)
  default     = {}
}

variable "kms_key_arn" {
  description = "Key that encrypts the flow logs."
  type        = string
}

variable "flow_log_retention_days" {
  description = "Days for which flow logs are kept."
  type        = number
  default     = 30
}
