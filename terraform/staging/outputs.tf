output "public_url" {
  description = "URL of the server."
  value       = "https://${var.domain_name}"
}

output "instance_id" {
  description = "The host: aws ssm start-session --target <id>."
  value       = aws_instance.host.id
}

output "database_address" {
  description = "Host name in DATABASE_URL."
  value       = module.database.address
}

output "database_master_secret_arn" {
  description = "Secret with the master password of the database, for the first set-up."
  value       = module.database.master_secret_arn
}

output "settings_path" {
  description = "Path of the SSM parameters that are the server's environment."
  value       = local.settings_path
}

output "key_alias" {
  description = "Key of SecureString parameters."
  value       = module.key.alias
}

output "github_variables" {
  description = "Variables of the repository (Settings, Secrets and variables, Actions) that the workflow reads."
  value = {
    AWS_REGION              = var.region
    STAGING_DEPLOY_ROLE_ARN = module.deploy_role.arn
    STAGING_BUNDLE_BUCKET   = module.bundles.name
  }
}
