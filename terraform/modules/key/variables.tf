variable "name" {
  description = "Name of the environment, which becomes the alias of the key."
  type        = string
}

variable "account_id" {
  description = "Account whose IAM policies give permissions on the key."
  type        = string
}

variable "region" {
  description = "Region whose CloudWatch encrypts logs with it."
  type        = string
}
