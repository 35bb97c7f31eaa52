terraform {
  # 1.10: locks of the S3 backend without a table (use_lockfile). 1.11: values that no state has (password_wo).
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 6.0"
    }
  }

  # Bucket and region are in state.config, which `terraform apply` in terraform/bootstrap prints.
  backend "s3" {
    key          = "staging.tfstate"
    encrypt      = true
    use_lockfile = true
  }
}

provider "aws" {
  region = var.region

  default_tags {
    tags = { Project = "heart-to-heart", Environment = "staging", ManagedBy = "terraform/staging" }
  }
}
