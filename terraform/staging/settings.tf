# The server's environment is the SSM parameters below this path: the name of a parameter is that of a setting. Terraform
# knows those here. Operators put the others, secrets above all, which so are in no state and no plan (docs/deployment.md).

locals {
  settings_path = "/heart-to-heart/staging"

  settings = {
    # On the disk, and private to each unit; /tmp and /run are memory.
    FILE_UPLOAD_TEMP_DIR = "/var/tmp"

    ENVIRONMENT     = "production"
    PUBLIC_URL      = "https://${var.domain_name}"
    ALLOWED_HOSTS   = var.domain_name
    TRUSTED_PROXIES = "1"
    WORKERS         = "2"
    REDIS_URL       = "redis://127.0.0.1:6379/0"
    EMAIL_PORT      = tostring(var.smtp_port)
    STORAGE_BUCKET  = module.storage.images_bucket
    PRIVATE_BUCKET  = module.storage.private_bucket
    STORAGE_REGION  = var.region
    IMAGE_BASE_URL  = module.storage.image_base_url
  }

  web_settings = length(var.web_origins) > 0 ? { CORS_ALLOWED_ORIGINS = join(",", var.web_origins) } : {}
}

resource "aws_ssm_parameter" "settings" {
  # checkov:skip=CKV2_AWS_34: none of these is a secret
  for_each = merge(local.settings, local.web_settings)
  name     = "${local.settings_path}/${each.key}"
  type     = "String"
  value    = each.value
}
