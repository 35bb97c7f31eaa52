output "cluster_name" {
  description = "The cluster: aws eks update-kubeconfig --name <name>."
  value       = module.cluster.identity.name
}

output "chart_values" {
  description = "What k8s/chart/values-production.yaml says about this account, as YAML of that file (terraform output -raw)."
  value = yamlencode({
    image          = { repository = module.registry.url }
    certificateArn = aws_acm_certificate_validation.load_balancers.certificate_arn
    ingress        = { hosts = [var.domain_name, local.hosts.admin] }
    network        = { databaseSubnets = [for subnet in module.network.subnets.private : subnet.cidr_block] }
    nginx          = { loadBalancerSubnets = [for subnet in module.network.subnets.public : subnet.cidr_block] }

    networkLoadBalancer = {
      annotations = { "external-dns.alpha.kubernetes.io/hostname" = local.hosts.api }
    }

    config = {
      PUBLIC_URL         = "https://${local.hosts.api}"
      ALLOWED_HOSTS      = join(",", [local.hosts.api, var.domain_name, local.hosts.admin])
      ADMIN_HOST         = local.hosts.admin
      STORAGE_BUCKET     = module.storage.images_bucket
      PRIVATE_BUCKET     = module.storage.private_bucket
      STORAGE_REGION     = var.region
      IMAGE_BASE_URL     = module.storage.image_base_url
      EMAIL_HOST         = "email-smtp.${var.region}.amazonaws.com"
      DEFAULT_FROM_EMAIL = "Heart to Heart <no-reply@${aws_sesv2_email_identity.domain.email_identity}>"
    }
  })
}

output "addresses" {
  description = "Host names in DATABASE_URL, DATABASE_REPLICA_URLS and REDIS_URL."
  value = {
    database = module.database.address
    replicas = module.database.replica_addresses
    redis    = module.cache.address
  }
}

output "database_master_secret_arn" {
  description = "Secret with the master password of the database, for the first set-up."
  value       = module.database.master_secret_arn
}

output "redis_replication_group" {
  description = "Redis, for setting its password."
  value       = module.cache.replication_group_id
}

output "secrets" {
  description = "Secrets whose values operators put."
  value       = [for secret in aws_secretsmanager_secret.this : secret.name]
}

output "github_variables" {
  description = "Variables of the repository (Settings, Secrets and variables, Actions) that the workflow reads."
  value = {
    AWS_REGION                  = var.region
    PRODUCTION_RELEASE_ROLE_ARN = module.release_role.arn
    PRODUCTION_IMAGE_REPOSITORY = module.registry.url
  }
}
