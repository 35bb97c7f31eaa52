# Staging: one host with nginx, Redis and two slots of the server, PostgreSQL by RDS, buckets with a CDN, CodeDeploy.

locals {
  name       = "heart-to-heart-staging"
  account_id = data.aws_caller_identity.current.account_id

  database_clients = { host = aws_security_group.host.id }
}

data "aws_caller_identity" "current" {}

module "network" {
  source             = "../modules/network"
  name               = local.name
  availability_zones = var.availability_zones
  kms_key_arn        = module.key.arn
}

module "database" {
  source                    = "../modules/database"
  name                      = local.name
  vpc_id                    = module.network.vpc_id
  subnet_ids                = module.network.private_subnet_ids
  client_security_group_ids = local.database_clients
  kms_key_arn               = module.key.arn
  engine_version            = var.database_engine_version
  instance_class            = var.database_instance_class
  multi_az                  = false
  backup_retention_days     = 7
  alarm_topic_arn           = aws_sns_topic.alarms.arn
}

module "storage" {
  source      = "../modules/storage"
  name        = local.name
  account_id  = local.account_id
  kms_key_arn = module.key.arn
  web_origins = var.web_origins
}

# One key for the data at rest: disks, database, private files, bundles, parameters, logs.
module "key" {
  source     = "../modules/key"
  name       = local.name
  account_id = local.account_id
  region     = var.region
}
