mock_provider "aws" {
  mock_resource "aws_serverlessapplicationrepository_cloudformation_stack" {
    defaults = { outputs = { RotationLambdaARN = "arn:aws:lambda:ap-northeast-2:123456789012:function:rotation" } }
  }

  mock_resource "aws_secretsmanager_secret" {
    defaults = { arn = "arn:aws:secretsmanager:ap-northeast-2:123456789012:secret:master", id = "arn:aws:secretsmanager:ap-northeast-2:123456789012:secret:master" }
  }

  override_resource {
    target = aws_security_group.rotation
    values = { id = "sg-rotation" }
  }

  mock_resource "aws_db_instance" {
    defaults = { address = "database", master_user_secret = [{ secret_arn = "arn:aws:secretsmanager:ap-northeast-2:123456789012:secret:rds!db-mock", secret_status = "active", kms_key_id = "mock" }] }
  }
}

variables {
  name                      = "heart-to-heart-test"
  vpc_id                    = "vpc-1"
  subnet_ids                = ["subnet-1", "subnet-2"]
  client_security_group_ids = { host = "sg-host" }
  kms_key_arn               = "arn:aws:kms:ap-northeast-2:123456789012:key/mock"
  instance_class            = "db.t4g.micro"
  multi_az                  = false
  backup_retention_days     = 7
  alarm_topic_arn           = "arn:aws:sns:ap-northeast-2:123456789012:alarms"
  master_password           = "for the first minutes"
}

run "the_database_is_private_and_encrypted" {
  assert {
    condition     = !aws_db_instance.this.publicly_accessible && aws_db_subnet_group.this.subnet_ids == toset(["subnet-1", "subnet-2"])
    error_message = "The database must be in private subnets only."
  }

  assert {
    condition     = aws_db_instance.this.storage_encrypted && aws_db_instance.this.kms_key_id == var.kms_key_arn && aws_db_instance.this.master_user_secret_kms_key_id == var.kms_key_arn
    error_message = "Data and master password must be encrypted with our key."
  }

  assert {
    condition     = aws_db_instance.this.manage_master_user_password
    error_message = "The master password is made and kept by AWS, in no state."
  }

  assert {
    condition     = { for parameter in aws_db_parameter_group.this.parameter : parameter.name => parameter.value }["rds.force_ssl"] == "1"
    error_message = "Connections without TLS must be refused."
  }

  assert {
    condition = {
      for parameter in aws_db_parameter_group.this.parameter : parameter.name => parameter.value if startswith(parameter.name, "log_")
    } == { log_min_duration_statement = "-1", log_min_error_statement = "panic", log_statement = "none", log_error_verbosity = "terse" }
    error_message = "Statements have personal data and passwords in them, and details of errors too: neither is logged."
  }

  assert {
    condition = [
      for rule in aws_vpc_security_group_ingress_rule.clients : [rule.referenced_security_group_id, tostring(rule.from_port), tostring(rule.to_port)]
    ] == [["sg-host", "5432", "5432"]]
    error_message = "Only the clients connect, by port 5432."
  }
}

run "the_database_cannot_be_lost_by_mistake" {
  assert {
    condition     = aws_db_instance.this.deletion_protection && !aws_db_instance.this.skip_final_snapshot && aws_db_instance.this.final_snapshot_identifier == "heart-to-heart-test-final"
    error_message = "It must not be deleted without a snapshot."
  }

  assert {
    condition     = aws_db_instance.this.backup_retention_period == 7
    error_message = "It must have backups."
  }

  assert {
    condition     = alltrue([for alarm in aws_cloudwatch_metric_alarm.this : alarm.alarm_actions == toset([var.alarm_topic_arn])]) && aws_cloudwatch_metric_alarm.this["heart-to-heart-test-database-storage"].threshold == 2000000000
    error_message = "Somebody must hear of it before the disk is full."
  }
}

run "passwords_and_extensions" {
  assert {
    condition     = aws_secretsmanager_secret_rotation.master.secret_id == "arn:aws:secretsmanager:ap-northeast-2:123456789012:secret:rds!db-mock" && aws_secretsmanager_secret_rotation.master.rotation_rules[0].automatically_after_days == 7
    error_message = "The master password must be rotated."
  }

  assert {
    condition     = contains(split(",", { for parameter in aws_db_parameter_group.this.parameter : parameter.name => parameter.value }["rds.allowed_extensions"]), "pg_trgm")
    error_message = "Search needs pg_trgm."
  }

  assert {
    condition     = length(aws_db_instance.replica) == 0 && length([for alarm in aws_cloudwatch_metric_alarm.this : alarm if alarm.metric_name == "ReplicaLag"]) == 0
    error_message = "Nobody asked for replicas."
  }
}

run "replicas_are_as_safe_as_the_primary" {
  variables {
    multi_az = true
    replicas = 2
  }

  assert {
    condition     = [for replica in aws_db_instance.replica : [replica.identifier, replica.replicate_source_db]] == [["heart-to-heart-test-replica1", "heart-to-heart-test"], ["heart-to-heart-test-replica2", "heart-to-heart-test"]]
    error_message = "Both replicas must follow the primary."
  }

  assert {
    condition     = alltrue([for replica in aws_db_instance.replica : !replica.publicly_accessible && replica.storage_encrypted && replica.deletion_protection])
    error_message = "Replicas hold the same data."
  }

  assert {
    condition     = alltrue([for replica in aws_db_instance.replica : replica.parameter_group_name == aws_db_parameter_group.this.name && replica.vpc_security_group_ids == toset([aws_security_group.this.id])])
    error_message = "Replicas refuse whom the primary refuses."
  }

  assert {
    condition     = { for parameter in aws_db_parameter_group.this.parameter : parameter.name => parameter.value if contains(["max_standby_streaming_delay", "hot_standby_feedback"], parameter.name) } == { max_standby_streaming_delay = "1000", hot_standby_feedback = "1" }
    error_message = "A query of a replica must not make it lag for long."
  }

  assert {
    condition     = toset([for alarm in aws_cloudwatch_metric_alarm.this : alarm.dimensions["DBInstanceIdentifier"] if alarm.metric_name == "ReplicaLag"]) == toset(["heart-to-heart-test-replica1", "heart-to-heart-test-replica2"])
    error_message = "Somebody must hear of a replica that lags."
  }

  assert {
    condition     = length([for alarm in aws_cloudwatch_metric_alarm.this : alarm if alarm.metric_name == "CPUUtilization"]) == 3 && contains(keys(aws_cloudwatch_log_group.this), "heart-to-heart-test-replica2/postgresql")
    error_message = "Each machine has its alarms and its logs."
  }
}

run "with_replicas_a_function_rotates_the_master_password" {
  variables {
    replicas = 2
  }

  assert {
    condition     = aws_db_instance.this.manage_master_user_password == null && aws_db_instance.this.password_wo_version == 1 && aws_secretsmanager_secret_version.master[0].secret_string_wo_version == 1
    error_message = "RDS makes no replica of a database whose password it manages, so the password is ours."
  }

  assert {
    condition     = local.login == { engine = "postgres", host = "database", port = 5432, dbname = "heart", username = "postgres", ssl = true }
    error_message = "The function reads from the secret how to log in."
  }

  assert {
    condition     = aws_secretsmanager_secret.master[0].kms_key_id == var.kms_key_arn && !startswith(aws_secretsmanager_secret.master[0].name, "heart/")
    error_message = "The secret is encrypted with our key, and not among those that the cluster reads."
  }

  assert {
    condition     = aws_secretsmanager_secret_rotation.master.rotation_lambda_arn == "arn:aws:lambda:ap-northeast-2:123456789012:function:rotation" && aws_secretsmanager_secret_rotation.master.secret_id == "arn:aws:secretsmanager:ap-northeast-2:123456789012:secret:master"
    error_message = "The function must rotate the secret."
  }

  assert {
    condition     = aws_vpc_security_group_ingress_rule.rotation[0].referenced_security_group_id == "sg-rotation" && aws_vpc_security_group_ingress_rule.rotation[0].from_port == 5432 && aws_vpc_security_group_egress_rule.rotation_to_secrets[0].to_port == 443
    error_message = "The function reaches PostgreSQL and Secrets Manager only."
  }
}

run "a_postgresql_that_the_server_does_not_know_is_refused" {
  command = plan

  variables {
    engine_version = "13"
  }

  expect_failures = [var.engine_version]
}

run "less_than_a_week_of_backups_is_refused" {
  command = plan

  variables {
    backup_retention_days = 0
  }

  expect_failures = [var.backup_retention_days]
}
