# Redis by ElastiCache: private, encrypted, TLS only, with a replica in another zone that takes over by itself.
#
# Nothing is lost with it: the server works without (docs/operations.md), so there are no backups. Operators set its password
# (docs/production.md), which so is in no state and no plan.

resource "aws_elasticache_subnet_group" "this" {
  name       = var.name
  subnet_ids = var.subnet_ids
}

resource "aws_security_group" "this" {
  name        = "${var.name}-cache"
  description = "Redis: from the servers only, and to nowhere"
  vpc_id      = var.vpc_id
  tags        = { Name = "${var.name}-cache" }
}

resource "aws_vpc_security_group_ingress_rule" "clients" {
  for_each                     = var.client_security_group_ids
  security_group_id            = aws_security_group.this.id
  description                  = "Redis from ${each.key}"
  referenced_security_group_id = each.value
  ip_protocol                  = "tcp"
  from_port                    = 6379
  to_port                      = 6379
}

resource "aws_elasticache_parameter_group" "this" {
  name        = "${var.name}-redis7"
  family      = "redis7"
  description = "Heart to Heart"

  # A full Redis refuses writes, and the server goes on as without it. It never drops a revoked session or a rate limit.
  parameter {
    name  = "maxmemory-policy"
    value = "noeviction"
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_elasticache_replication_group" "this" {
  # checkov:skip=CKV_AWS_31: operators set the password, so that it is not in the state
  replication_group_id = var.name
  description          = "Cache and rate limits of ${var.name}"
  engine               = "redis"
  engine_version       = "7.1"
  node_type            = var.node_type
  parameter_group_name = aws_elasticache_parameter_group.this.name
  port                 = 6379

  num_cache_clusters         = var.nodes
  automatic_failover_enabled = true
  multi_az_enabled           = true

  subnet_group_name  = aws_elasticache_subnet_group.this.name
  security_group_ids = [aws_security_group.this.id]

  transit_encryption_enabled = true
  transit_encryption_mode    = "required"
  at_rest_encryption_enabled = true
  kms_key_id                 = var.kms_key_arn

  maintenance_window         = "sun:20:00-sun:21:00"
  auto_minor_version_upgrade = true
  apply_immediately          = true

  log_delivery_configuration {
    destination      = aws_cloudwatch_log_group.this.name
    destination_type = "cloudwatch-logs"
    log_format       = "json"
    log_type         = "engine-log"
  }

  lifecycle {
    ignore_changes = [auth_token, auth_token_update_strategy]
  }
}

resource "aws_cloudwatch_log_group" "this" {
  # checkov:skip=CKV_AWS_338: a month is enough to look into a failover
  name              = "/aws/elasticache/${var.name}"
  retention_in_days = 30
  kms_key_id        = var.kms_key_arn
}

locals {
  # Per cent.
  metrics = { memory = "DatabaseMemoryUsagePercentage", cpu = "EngineCPUUtilization" }

  alarms = {
    for pair in setproduct(range(1, var.nodes + 1), keys(local.metrics)) :
    format("%s-%03d-cache-%s", var.name, pair[0], pair[1]) => { node = format("%s-%03d", var.name, pair[0]), metric = local.metrics[pair[1]] }
  }
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each            = local.alarms
  alarm_name          = each.key
  alarm_description   = "Redis of ${each.value.node}: ${each.value.metric}"
  namespace           = "AWS/ElastiCache"
  metric_name         = each.value.metric
  statistic           = "Average"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 80
  period              = 300
  evaluation_periods  = 3
  dimensions          = { CacheClusterId = each.value.node }
  alarm_actions       = [var.alarm_topic_arn]
  ok_actions          = [var.alarm_topic_arn]

  depends_on = [aws_elasticache_replication_group.this]
}
