# Where data is kept: PostgreSQL, Redis, buckets, secrets.

module "database" {
  source                    = "../modules/database"
  name                      = local.name
  vpc_id                    = module.network.vpc_id
  subnet_ids                = module.network.private_subnet_ids
  client_security_group_ids = local.clients
  kms_key_arn               = module.key.arn
  instance_class            = var.database_instance_class
  storage_gb                = { initial = 100, maximum = 1000 }
  multi_az                  = true
  replicas                  = 2
  master_password           = var.database_master_password
  backup_retention_days     = 35
  alarm_topic_arn           = aws_sns_topic.alarms.arn

  # All pods together open less than 800, during a release (k8s/chart/values-production.yaml: databaseConnections).
  connections_alarm = 700
}

module "cache" {
  source                    = "../modules/cache"
  name                      = local.name
  vpc_id                    = module.network.vpc_id
  subnet_ids                = module.network.private_subnet_ids
  client_security_group_ids = local.clients
  kms_key_arn               = module.key.arn
  node_type                 = var.cache_node_type
  alarm_topic_arn           = aws_sns_topic.alarms.arn
}

module "storage" {
  source              = "../modules/storage"
  name                = local.name
  account_id          = local.account_id
  kms_key_arn         = module.key.arn
  versioning          = true
  web_origins         = var.web_origins
  cdn_aliases         = [local.hosts.images]
  cdn_certificate_arn = aws_acm_certificate_validation.images.certificate_arn
}

locals {
  # Operators put the values, which so are in no state and no plan (docs/production.md).
  secrets = {
    app          = "Settings of the server that are secrets"
    grafana      = "Administrator of Grafana: user, password"
    alertmanager = "Webhook of Slack for alerts: slack-webhook-url"
    logging      = "Passwords of Elasticsearch's users: fluent-bit, exporter"
  }
}

resource "aws_secretsmanager_secret" "this" {
  # checkov:skip=CKV2_AWS_57: operators rotate them, as docs/production.md says; RDS rotates its own
  for_each                = local.secrets
  name                    = "heart/production/${each.key}"
  description             = each.value
  kms_key_id              = module.key.arn
  recovery_window_in_days = 30
}

resource "aws_sns_topic" "alarms" {
  name              = "${local.name}-alarms"
  kms_master_key_id = module.key.arn
}

resource "aws_sns_topic_subscription" "operator" {
  topic_arn = aws_sns_topic.alarms.arn
  protocol  = "email"
  endpoint  = var.operator_email
}
