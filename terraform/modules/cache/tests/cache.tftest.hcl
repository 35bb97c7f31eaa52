mock_provider "aws" {}

variables {
  name                      = "heart-to-heart-test"
  vpc_id                    = "vpc-1"
  subnet_ids                = ["subnet-1", "subnet-2"]
  client_security_group_ids = { cluster = "sg-cluster" }
  kms_key_arn               = "arn:aws:kms:ap-northeast-2:123456789012:key/mock"
  node_type                 = "cache.t4g.small"
  alarm_topic_arn           = "arn:aws:sns:ap-northeast-2:123456789012:alarms"
}

run "redis_is_private_and_encrypted" {
  assert {
    condition     = aws_elasticache_replication_group.this.transit_encryption_enabled && aws_elasticache_replication_group.this.transit_encryption_mode == "required"
    error_message = "Connections without TLS must be refused."
  }

  assert {
    condition     = tobool(aws_elasticache_replication_group.this.at_rest_encryption_enabled) && aws_elasticache_replication_group.this.kms_key_id == var.kms_key_arn
    error_message = "Data must be encrypted with our key."
  }

  assert {
    condition     = aws_elasticache_subnet_group.this.subnet_ids == toset(["subnet-1", "subnet-2"]) && aws_elasticache_replication_group.this.subnet_group_name == aws_elasticache_subnet_group.this.name
    error_message = "Redis must be in private subnets only."
  }

  assert {
    condition = [
      for rule in aws_vpc_security_group_ingress_rule.clients : [rule.referenced_security_group_id, tostring(rule.from_port), tostring(rule.to_port)]
    ] == [["sg-cluster", "6379", "6379"]]
    error_message = "Only the clients connect, by port 6379."
  }
}

run "redis_fails_over_and_drops_nothing" {
  assert {
    condition     = aws_elasticache_replication_group.this.automatic_failover_enabled && aws_elasticache_replication_group.this.multi_az_enabled && aws_elasticache_replication_group.this.num_cache_clusters == 2
    error_message = "A replica in another zone must take over."
  }

  assert {
    condition     = { for parameter in aws_elasticache_parameter_group.this.parameter : parameter.name => parameter.value } == { maxmemory-policy = "noeviction" }
    error_message = "A full Redis must not forget revoked sessions and rate limits."
  }

  assert {
    condition = toset([for alarm in aws_cloudwatch_metric_alarm.this : alarm.dimensions["CacheClusterId"]]) == toset([
      "heart-to-heart-test-001", "heart-to-heart-test-002",
    ]) && alltrue([for alarm in aws_cloudwatch_metric_alarm.this : alarm.alarm_actions == toset([var.alarm_topic_arn])])
    error_message = "Somebody must hear of it before a machine is full."
  }
}

run "one_machine_is_refused" {
  command = plan

  variables {
    nodes = 1
  }

  expect_failures = [var.nodes]
}
