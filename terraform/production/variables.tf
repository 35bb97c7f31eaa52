variable "region" {
  description = "Region of everything but the CDN's certificate."
  type        = string
  default     = "ap-northeast-2"
}

variable "availability_zones" {
  description = "Three zones of the region; nodes, database and cache are spread over them."
  type        = list(string)
  default     = ["ap-northeast-2a", "ap-northeast-2b", "ap-northeast-2c"]

  validation {
    condition     = length(var.availability_zones) == 3
    error_message = "Give three zones."
  }
}

variable "domain_name" {
  description = "Domain of the service, such as heart.example. The API is api.<domain>, the admin admin.<domain>, the CDN images.<domain>."
  type        = string

  validation {
    condition     = can(regex("^([a-z0-9]([a-z0-9-]*[a-z0-9])?\\.)+[a-z]{2,}$", var.domain_name))
    error_message = "Give a domain in lower case, without https:// and path."
  }
}

variable "hosted_zone_id" {
  description = "Public Route 53 zone of the domain."
  type        = string

  validation {
    condition     = can(regex("^Z[A-Z0-9]+$", var.hosted_zone_id))
    error_message = "The id of a Route 53 zone begins with Z."
  }
}

variable "operator_email" {
  description = "Address that gets the alarms of AWS."
  type        = string

  validation {
    condition     = can(regex("^[^@ ]+@[^@ ]+$", var.operator_email))
    error_message = "Give one e-mail address."
  }
}

variable "administrator_arns" {
  description = "IAM roles or users that administer the cluster, the one that applies Terraform among them."
  type        = set(string)
}

variable "api_allowed_cidrs" {
  description = "Networks that reach the API of the cluster from outside, such as 203.0.113.7/32; none for a private API, which only a VPN or a host in the network reaches."
  type        = list(string)
  default     = []
}

variable "github_repository" {
  description = "The repository that releases, as in the subject of its tokens: owner@id/name@id, or owner/name (see modules/github_role)."
  type        = string
}

variable "github_oidc_provider_arn" {
  description = "GitHub's OIDC provider, if the account has one already (it can have only one); null makes one."
  type        = string
  default     = null
}

variable "kubernetes_version" {
  description = "Minor version of Kubernetes. The cluster autoscaler in terraform/platform is made for the same one."
  type        = string
  default     = "1.35"
}

variable "on_demand_nodes" {
  description = "Nodes that stay: types of machines, and how many in each zone. What keeps data runs here."
  type        = object({ instance_types = list(string), minimum = number, maximum = number })
  default     = { instance_types = ["m7i.xlarge"], minimum = 1, maximum = 2 }
}

variable "spot_nodes" {
  description = "Cheaper nodes that AWS may take back within two minutes: types of machines, and how many in all zones together."
  type        = object({ instance_types = list(string), minimum = number, maximum = number })
  default     = { instance_types = ["m7i.xlarge", "m6i.xlarge", "m6a.xlarge", "m5.xlarge"], minimum = 1, maximum = 9 }
}

variable "database_instance_class" {
  description = "Size of the primary, its standby and both replicas."
  type        = string
  default     = "db.m7g.large"
}

variable "database_master_password" {
  description = "For the first apply only, from the environment (TF_VAR_database_master_password): it is changed within minutes, and every week."
  type        = string
  default     = null
  sensitive   = true
}

variable "cache_node_type" {
  description = "Size of each of the two machines of Redis."
  type        = string
  default     = "cache.t4g.medium"
}

variable "web_origins" {
  description = "Origins of web clients, such as https://app.heart.example; none for mobile clients alone."
  type        = list(string)
  default     = []
}
