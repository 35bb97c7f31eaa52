# The master password, which nothing but operators uses, changes every week.
#
# RDS can do that by itself, but then makes no read replicas. With replicas, the secret is ours, and AWS's own function changes
# the password in both places.

locals {
  managed = var.replicas == 0

  # What the function reads from the secret, besides the password.
  login = {
    engine   = "postgres"
    host     = aws_db_instance.this.address
    port     = 5432
    dbname   = aws_db_instance.this.db_name
    username = aws_db_instance.this.username
    ssl      = true
  }
}

resource "aws_secretsmanager_secret" "master" {
  # checkov:skip=CKV2_AWS_57: it is rotated below, as the secret of RDS would be
  count                   = local.managed ? 0 : 1
  name                    = "${var.name}/master"
  description             = "Master password of PostgreSQL, for operators"
  kms_key_id              = var.kms_key_arn
  recovery_window_in_days = 30
}

# The first password only. The function puts the later ones.
resource "aws_secretsmanager_secret_version" "master" {
  count     = local.managed ? 0 : 1
  secret_id = aws_secretsmanager_secret.master[0].id

  secret_string_wo_version = 1
  secret_string_wo         = jsonencode(merge(local.login, { password = var.master_password }))
}

resource "aws_secretsmanager_secret_rotation" "master" {
  # checkov:skip=CKV_AWS_304: it is every week, which the check does not see in a schedule of days
  secret_id           = local.master_secret_arn
  rotation_lambda_arn = local.managed ? null : aws_serverlessapplicationrepository_cloudformation_stack.rotation[0].outputs["RotationLambdaARN"]

  rotation_rules {
    automatically_after_days = 7
  }

  depends_on = [aws_secretsmanager_secret_version.master]
}

locals {
  master_secret_arn = local.managed ? one(aws_db_instance.this.master_user_secret[*].secret_arn) : aws_secretsmanager_secret.master[0].arn
}

# AWS's function, in the version of the day on which it was first made.
resource "aws_serverlessapplicationrepository_cloudformation_stack" "rotation" {
  count          = local.managed ? 0 : 1
  name           = "${var.name}-rotation"
  application_id = "arn:aws:serverlessrepo:us-east-1:297356227824:applications/SecretsManagerRDSPostgreSQLRotationSingleUser"
  capabilities   = ["CAPABILITY_IAM", "CAPABILITY_RESOURCE_POLICY"]

  parameters = {
    functionName        = "${var.name}-rotation"
    endpoint            = "https://secretsmanager.${data.aws_region.current.region}.amazonaws.com"
    kmsKeyArn           = var.kms_key_arn
    vpcSubnetIds        = join(",", var.subnet_ids)
    vpcSecurityGroupIds = aws_security_group.rotation[0].id
  }
}

data "aws_region" "current" {}

resource "aws_security_group" "rotation" {
  # checkov:skip=CKV2_AWS_5: the function above has it
  count       = local.managed ? 0 : 1
  name        = "${var.name}-rotation"
  description = "The function that changes the master password: to PostgreSQL and Secrets Manager"
  vpc_id      = var.vpc_id
  tags        = { Name = "${var.name}-rotation" }
}

resource "aws_vpc_security_group_egress_rule" "rotation_to_database" {
  count                        = local.managed ? 0 : 1
  security_group_id            = aws_security_group.rotation[0].id
  description                  = "PostgreSQL"
  referenced_security_group_id = aws_security_group.this.id
  ip_protocol                  = "tcp"
  from_port                    = 5432
  to_port                      = 5432
}

resource "aws_vpc_security_group_egress_rule" "rotation_to_secrets" {
  count             = local.managed ? 0 : 1
  security_group_id = aws_security_group.rotation[0].id
  description       = "HTTPS to Secrets Manager"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

resource "aws_vpc_security_group_ingress_rule" "rotation" {
  count                        = local.managed ? 0 : 1
  security_group_id            = aws_security_group.this.id
  description                  = "PostgreSQL from the function that changes the master password"
  referenced_security_group_id = aws_security_group.rotation[0].id
  ip_protocol                  = "tcp"
  from_port                    = 5432
  to_port                      = 5432
}
