# GitHub puts a bundle into the bucket and tells CodeDeploy, whose agent on the host runs the hooks of appspec.yml.

module "bundles" {
  source      = "../modules/bucket"
  name        = "${local.name}-bundles-${local.account_id}"
  kms_key_arn = module.key.arn
  versioning  = true
  expiration  = { "" = 30 }
}

resource "aws_codedeploy_app" "this" {
  name             = "heart-to-heart"
  compute_platform = "Server"
}

resource "aws_codedeploy_deployment_group" "staging" {
  app_name               = aws_codedeploy_app.this.name
  deployment_group_name  = "staging"
  service_role_arn       = aws_iam_role.codedeploy.arn
  deployment_config_name = "CodeDeployDefault.AllAtOnce"

  # The hooks themselves switch between the two slots.
  deployment_style {
    deployment_type   = "IN_PLACE"
    deployment_option = "WITHOUT_TRAFFIC_CONTROL"
  }

  ec2_tag_set {
    ec2_tag_filter {
      type  = "KEY_AND_VALUE"
      key   = local.deploy_tag.key
      value = local.deploy_tag.value
    }
  }

  auto_rollback_configuration {
    enabled = true
    events  = ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM"]
  }

  # While one of them is on, a deployment stops at once; a fix goes out with "ignore_alarms" (docs/deployment.md).
  alarm_configuration {
    enabled = true
    alarms = [
      aws_cloudwatch_metric_alarm.server_errors.alarm_name,
      aws_cloudwatch_metric_alarm.host["status"].alarm_name,
    ]
  }
}

resource "aws_iam_role" "codedeploy" {
  name = "${local.name}-codedeploy"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "codedeploy.amazonaws.com" }
      Action    = "sts:AssumeRole"
      Condition = { StringEquals = { "aws:SourceAccount" = local.account_id } }
    }]
  })
}

# AWS's own policy for it could also change load balancers and Auto Scaling groups, of which there are none.
resource "aws_iam_role_policy" "codedeploy" {
  # checkov:skip=CKV_AWS_355: these actions have no resources to name
  name = "find-hosts-and-alarms"
  role = aws_iam_role.codedeploy.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["ec2:DescribeInstances", "ec2:DescribeInstanceStatus", "tag:GetResources", "cloudwatch:DescribeAlarms"]
      Resource = "*"
    }]
  })
}

module "deploy_role" {
  source       = "../modules/github_role"
  name         = "${local.name}-deploy"
  provider_arn = var.github_oidc_provider_arn
  repository   = var.github_repository
  branch       = "staging"

  policy_statements = local.deploy_statements
}

locals {
  # What workflows of the branch may do.
  deploy_statements = [
    {
      Sid      = "UploadBundles"
      Effect   = "Allow"
      Action   = ["s3:PutObject"]
      Resource = ["${module.bundles.arn}/*"]
    },
    {
      Sid      = "EncryptBundles"
      Effect   = "Allow"
      Action   = ["kms:GenerateDataKey", "kms:Decrypt"]
      Resource = [module.key.arn]
    },
    {
      Sid    = "Deploy"
      Effect = "Allow"
      Action = [
        "codedeploy:CreateDeployment",
        "codedeploy:GetDeployment",
        "codedeploy:GetApplicationRevision",
        "codedeploy:RegisterApplicationRevision",
        "codedeploy:GetDeploymentConfig",
      ]
      Resource = [
        "arn:aws:codedeploy:${var.region}:${local.account_id}:application:${aws_codedeploy_app.this.name}",
        "arn:aws:codedeploy:${var.region}:${local.account_id}:deploymentgroup:${aws_codedeploy_app.this.name}/${aws_codedeploy_deployment_group.staging.deployment_group_name}",
        "arn:aws:codedeploy:${var.region}:${local.account_id}:deploymentconfig:${aws_codedeploy_deployment_group.staging.deployment_config_name}",
      ]
    },
  ]
}
