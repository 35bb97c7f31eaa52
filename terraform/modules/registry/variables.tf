variable "name" {
  description = "Name of the repository."
  type        = string
}

variable "kms_key_arn" {
  description = "Key that encrypts the images."
  type        = string
}

variable "images" {
  description = "Images that are kept, the newest ones."
  type        = number
  default     = 100
}
