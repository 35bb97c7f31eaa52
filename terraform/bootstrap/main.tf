# The bucket of the remote states. Applied once, by hand; its own state is a file that is committed nowhere and can be
# made again by `terraform import`.

terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 6.0"
    }
  }
}

variable "region" {
  description = "Region of the bucket."
  type        = string
  default     = "ap-northeast-2"
}

provider "aws" {
  region = var.region

  default_tags {
    tags = { Project = "heart-to-heart", ManagedBy = "terraform/bootstrap" }
  }
}

data "aws_caller_identity" "current" {}

resource "aws_kms_key" "state" {
  description             = "Heart to Heart: states of Terraform"
  enable_key_rotation     = true
  deletion_window_in_days = 30

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "PermissionsComeFromIam"
      Effect    = "Allow"
      Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.current.account_id}:root" }
      Action    = "kms:*"
      Resource  = "*"
    }]
  })
}

module "state" {
  source      = "../modules/bucket"
  name        = "heart-to-heart-terraform-${data.aws_caller_identity.current.account_id}"
  kms_key_arn = aws_kms_key.state.arn
  versioning  = true
}

output "backend" {
  description = "Contents of state.config, for `terraform init -backend-config=state.config` in the other folders."
  value       = <<-EOT
    bucket = "${module.state.name}"
    region = "${var.region}"
  EOT
}
