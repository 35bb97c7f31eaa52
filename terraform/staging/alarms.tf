resource "aws_sns_topic" "alarms" {
  name              = "${local.name}-alarms"
  kms_master_key_id = module.key.arn
}

resource "aws_sns_topic_subscription" "operator" {
  topic_arn = aws_sns_topic.alarms.arn
  protocol  = "email"
  endpoint  = var.operator_email
}

# What the agent on the host sends (host.sh). None of it holds IP addresses, paths or texts.
resource "aws_cloudwatch_log_group" "host" {
  # checkov:skip=CKV_AWS_338: logs of staging are for finding faults of the last weeks
  for_each          = toset(["nginx-access", "nginx-error", "server", "deployment"])
  name              = "/${local.name}/${each.key}"
  retention_in_days = 30
  kms_key_id        = module.key.arn
}

# The columns of log_format in deploy/nginx/heart.conf.
resource "aws_cloudwatch_log_metric_filter" "server_errors" {
  name           = "${local.name}-5xx"
  log_group_name = aws_cloudwatch_log_group.host["nginx-access"].name
  pattern        = "[time, method, status = 5*, upstream_status, request_time, request_id]"

  metric_transformation {
    namespace     = local.name
    name          = "ServerErrors"
    value         = "1"
    default_value = "0"
  }
}

resource "aws_cloudwatch_metric_alarm" "server_errors" {
  alarm_name          = "${local.name}-5xx"
  alarm_description   = "More than five responses 5xx in a minute, two minutes long. Rolls a running deployment back."
  namespace           = local.name
  metric_name         = aws_cloudwatch_log_metric_filter.server_errors.metric_transformation[0].name
  statistic           = "Sum"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 5
  period              = 60
  evaluation_periods  = 2
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.alarms.arn]
  ok_actions          = [aws_sns_topic.alarms.arn]
}

locals {
  # Per cent, except for the status, which is 1 when a check of the machine fails.
  host_alarms = {
    status = { namespace = "AWS/EC2", metric = "StatusCheckFailed", threshold = 0, missing = "breaching" }
    cpu    = { namespace = "AWS/EC2", metric = "CPUUtilization", threshold = 85, missing = "missing" }
    disk   = { namespace = local.name, metric = "disk_used_percent", threshold = 80, missing = "breaching" }
    memory = { namespace = local.name, metric = "mem_used_percent", threshold = 90, missing = "breaching" }
  }
}

resource "aws_cloudwatch_metric_alarm" "host" {
  for_each            = local.host_alarms
  alarm_name          = "${local.name}-host-${each.key}"
  alarm_description   = "Host of ${local.name}: ${each.value.metric}"
  namespace           = each.value.namespace
  metric_name         = each.value.metric
  statistic           = each.key == "status" ? "Maximum" : "Average"
  comparison_operator = "GreaterThanThreshold"
  threshold           = each.value.threshold
  period              = each.key == "status" ? 60 : 300
  evaluation_periods  = 3
  treat_missing_data  = each.value.missing
  dimensions          = { InstanceId = aws_instance.host.id }
  alarm_actions       = [aws_sns_topic.alarms.arn]
  ok_actions          = [aws_sns_topic.alarms.arn]
}
