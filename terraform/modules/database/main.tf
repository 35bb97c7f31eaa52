# PostgreSQL by RDS: private, encrypted, TLS only, with backups, read replicas, and alarms on what fills up.
#
# The locale of a database on RDS is en_US.UTF-8, under which search finds Korean; `C` would not (docs/operations.md).

resource "aws_db_subnet_group" "this" {
  name       = var.name
  subnet_ids = var.subnet_ids
}

resource "aws_security_group" "this" {
  name        = "${var.name}-database"
  description = "PostgreSQL: from the servers only, and to nowhere"
  vpc_id      = var.vpc_id
  tags        = { Name = "${var.name}-database" }
}

resource "aws_vpc_security_group_ingress_rule" "clients" {
  for_each                     = var.client_security_group_ids
  security_group_id            = aws_security_group.this.id
  description                  = "PostgreSQL from ${each.key}"
  referenced_security_group_id = each.value
  ip_protocol                  = "tcp"
  from_port                    = 5432
  to_port                      = 5432
}

resource "aws_db_parameter_group" "this" {
  name        = "${var.name}-postgres${var.engine_version}"
  family      = "postgres${var.engine_version}"
  description = "Heart to Heart"

  parameter {
    name  = "rds.force_ssl"
    value = "1"
  }

  # No statement is logged, neither a slow nor a failing one: the server's driver puts values into the text of statements,
  # e-mail addresses and password hashes among them. pg_stat_statements has the slow ones, without values.
  parameter {
    name  = "log_min_duration_statement"
    value = "-1"
  }

  parameter {
    name  = "log_min_error_statement"
    value = "panic"
  }

  parameter {
    name  = "log_statement"
    value = "none"
  }

  # Without details of errors, which quote the row or the key that was refused.
  parameter {
    name  = "log_error_verbosity"
    value = "terse"
  }

  # The extensions that migrations create, and the one that RDS loads. No role can create another.
  parameter {
    name         = "rds.allowed_extensions"
    value        = "pg_stat_statements,pg_trgm,plpgsql"
    apply_method = "pending-reboot"
  }

  # A replica lags for a second and then cancels the query that it conflicts with, which is repeated on the primary; rows
  # that its queries read are not vacuumed meanwhile (docs/operations.md). Milliseconds.
  parameter {
    name  = "max_standby_streaming_delay"
    value = "1000"
  }

  parameter {
    name  = "hot_standby_feedback"
    value = "1"
  }

  # A transaction that a killed process left open holds locks. Milliseconds.
  parameter {
    name  = "idle_in_transaction_session_timeout"
    value = "60000"
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_db_instance" "this" {
  # checkov:skip=CKV_AWS_157: by multi_az, which production sets
  # checkov:skip=CKV_AWS_161: the server logs in with a password, which it needs at every connection
  # checkov:skip=CKV_AWS_118: the alarms below need the metrics of each minute, which RDS has without an agent
  # checkov:skip=CKV_AWS_353: pg_stat_statements, which RDS loads, answers the same questions
  identifier     = var.name
  engine         = "postgres"
  engine_version = var.engine_version
  instance_class = var.instance_class
  db_name        = "heart"
  username       = "postgres"

  # Either RDS makes the master password, or we do in rotation.tf; no state has it.
  manage_master_user_password   = local.managed ? true : null
  master_user_secret_kms_key_id = local.managed ? var.kms_key_arn : null
  password_wo                   = local.managed ? null : var.master_password
  password_wo_version           = local.managed ? null : 1

  db_subnet_group_name   = aws_db_subnet_group.this.name
  vpc_security_group_ids = [aws_security_group.this.id]
  publicly_accessible    = false
  multi_az               = var.multi_az
  parameter_group_name   = aws_db_parameter_group.this.name
  ca_cert_identifier     = "rds-ca-rsa2048-g1"

  allocated_storage     = var.storage_gb.initial
  max_allocated_storage = var.storage_gb.maximum
  storage_type          = "gp3"
  storage_encrypted     = true
  kms_key_id            = var.kms_key_arn

  # In the night of Korea (UTC+9): backups from 3:00, maintenance on Mondays from 4:00.
  backup_retention_period    = var.backup_retention_days
  backup_window              = "18:00-18:30"
  maintenance_window         = "sun:19:00-sun:19:30"
  auto_minor_version_upgrade = true
  copy_tags_to_snapshot      = true

  deletion_protection       = true
  skip_final_snapshot       = false
  final_snapshot_identifier = "${var.name}-final"

  enabled_cloudwatch_logs_exports = ["postgresql", "upgrade"]

  depends_on = [aws_cloudwatch_log_group.this]
}

# Standbys that answer reads. The server leaves out one that lags.
resource "aws_db_instance" "replica" {
  # checkov:skip=CKV_AWS_133: the primary has the backups
  # checkov:skip=CKV_AWS_157: a replica that fails is left out, and the primary answers its reads
  # checkov:skip=CKV_AWS_161: as the primary
  # checkov:skip=CKV_AWS_118: as the primary
  # checkov:skip=CKV_AWS_353: as the primary
  count               = var.replicas
  identifier          = "${var.name}-replica${count.index + 1}"
  replicate_source_db = aws_db_instance.this.identifier
  instance_class      = var.instance_class

  vpc_security_group_ids = [aws_security_group.this.id]
  publicly_accessible    = false
  parameter_group_name   = aws_db_parameter_group.this.name
  ca_cert_identifier     = aws_db_instance.this.ca_cert_identifier

  max_allocated_storage = var.storage_gb.maximum
  storage_type          = "gp3"
  # With the key of the primary.
  storage_encrypted = true

  maintenance_window         = "sun:20:00-sun:20:30"
  auto_minor_version_upgrade = true
  copy_tags_to_snapshot      = true

  # It has nothing that the primary does not have.
  deletion_protection = true
  skip_final_snapshot = true

  enabled_cloudwatch_logs_exports = ["postgresql", "upgrade"]

  depends_on = [aws_cloudwatch_log_group.this]
}

# RDS would make them by itself, and keep them for ever.
resource "aws_cloudwatch_log_group" "this" {
  # checkov:skip=CKV_AWS_338: a month is enough to find the cause of an error
  for_each          = toset(flatten([for name in local.identifiers : ["${name}/postgresql", "${name}/upgrade"]]))
  name              = "/aws/rds/instance/${each.key}"
  retention_in_days = 30
  kms_key_id        = var.kms_key_arn
}

locals {
  identifiers = concat([var.name], [for index in range(var.replicas) : "${var.name}-replica${index + 1}"])

  # Storage below a tenth of the first size, in bytes; CPU in per cent; connections near the limit; lag in seconds.
  instance_alarms = {
    storage     = { metric = "FreeStorageSpace", threshold = var.storage_gb.initial * 100000000, comparison = "LessThanThreshold" }
    cpu         = { metric = "CPUUtilization", threshold = 85, comparison = "GreaterThanThreshold" }
    connections = { metric = "DatabaseConnections", threshold = var.connections_alarm, comparison = "GreaterThanThreshold" }
  }

  lag_alarm = { metric = "ReplicaLag", threshold = 60, comparison = "GreaterThanThreshold" }

  alarms = merge(
    { for pair in setproduct(local.identifiers, keys(local.instance_alarms)) : "${pair[0]}-database-${pair[1]}" => merge(local.instance_alarms[pair[1]], { identifier = pair[0] }) },
    { for name in slice(local.identifiers, 1, var.replicas + 1) : "${name}-database-lag" => merge(local.lag_alarm, { identifier = name }) },
  )
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each            = local.alarms
  alarm_name          = each.key
  alarm_description   = "PostgreSQL of ${each.value.identifier}: ${each.value.metric}"
  namespace           = "AWS/RDS"
  metric_name         = each.value.metric
  statistic           = "Average"
  comparison_operator = each.value.comparison
  threshold           = each.value.threshold
  period              = 300
  evaluation_periods  = 3
  dimensions          = { DBInstanceIdentifier = each.value.identifier }
  alarm_actions       = [var.alarm_topic_arn]
  ok_actions          = [var.alarm_topic_arn]
}
