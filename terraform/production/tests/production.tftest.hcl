# What production must and must not be, on a provider that makes nothing.

mock_provider "aws" {
  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }

  mock_data "aws_region" {
    defaults = { region = "ap-northeast-2" }
  }

  mock_data "aws_eks_addon_version" {
    defaults = { version = "v1.2.3-eksbuild.1" }
  }

  # The real provider refuses ARNs of other forms wherever one is used.
  mock_resource "aws_kms_key" {
    defaults = { arn = "arn:aws:kms:ap-northeast-2:123456789012:key/mock", key_id = "mock" }
  }

  mock_resource "aws_sns_topic" {
    defaults = { arn = "arn:aws:sns:ap-northeast-2:123456789012:alarms" }
  }

  mock_resource "aws_cloudwatch_log_group" {
    defaults = { arn = "arn:aws:logs:ap-northeast-2:123456789012:log-group:mock" }
  }

  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::123456789012:role/mock", id = "mock" }
  }

  mock_resource "aws_iam_openid_connect_provider" {
    defaults = { arn = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com" }
  }

  mock_resource "aws_cloudfront_distribution" {
    defaults = { arn = "arn:aws:cloudfront::123456789012:distribution/MOCK", domain_name = "mock.cloudfront.net", hosted_zone_id = "Z2FDTNDATAQYW2" }
  }

  mock_resource "aws_eks_cluster" {
    defaults = { arn = "arn:aws:eks:ap-northeast-2:123456789012:cluster/heart-to-heart-production" }
  }

  mock_resource "aws_eks_node_group" {
    defaults = { resources = [{ autoscaling_groups = [{ name = "group" }], remote_access_security_group_id = "" }] }
  }

  mock_resource "aws_launch_template" {
    defaults = { id = "lt-nodes", latest_version = 1 }
  }

  mock_resource "aws_db_instance" {
    defaults = { master_user_secret = [{ secret_arn = "arn:aws:secretsmanager:ap-northeast-2:123456789012:secret:rds!db-mock", secret_status = "active", kms_key_id = "mock" }] }
  }

  mock_resource "aws_serverlessapplicationrepository_cloudformation_stack" {
    defaults = { outputs = { RotationLambdaARN = "arn:aws:lambda:ap-northeast-2:123456789012:function:rotation" } }
  }

  mock_resource "aws_ecr_repository" {
    defaults = { arn = "arn:aws:ecr:ap-northeast-2:123456789012:repository/heart-to-heart-api", repository_url = "123456789012.dkr.ecr.ap-northeast-2.amazonaws.com/heart-to-heart-api" }
  }

  mock_resource "aws_acm_certificate_validation" {
    defaults = { certificate_arn = "arn:aws:acm:us-east-1:123456789012:certificate/validated" }
  }

  mock_resource "aws_sesv2_email_identity" {
    defaults = { dkim_signing_attributes = { tokens = ["one", "two", "three"] } }
  }

  override_resource {
    target = aws_acm_certificate.load_balancers
    values = {
      arn = "arn:aws:acm:ap-northeast-2:123456789012:certificate/load-balancers"
      domain_validation_options = [
        { domain_name = "heart.example", resource_record_name = "_a.heart.example", resource_record_type = "CNAME", resource_record_value = "_a.acm-validations.aws" },
        { domain_name = "api.heart.example", resource_record_name = "_b.api.heart.example", resource_record_type = "CNAME", resource_record_value = "_b.acm-validations.aws" },
        { domain_name = "admin.heart.example", resource_record_name = "_c.admin.heart.example", resource_record_type = "CNAME", resource_record_value = "_c.acm-validations.aws" },
      ]
    }
  }

  override_resource {
    target = aws_acm_certificate.images
    values = {
      arn = "arn:aws:acm:us-east-1:123456789012:certificate/images"
      domain_validation_options = [
        { domain_name = "images.heart.example", resource_record_name = "_d.images.heart.example", resource_record_type = "CNAME", resource_record_value = "_d.acm-validations.aws" },
      ]
    }
  }

  override_resource {
    target = module.cluster.aws_eks_cluster.this
    values = {
      arn        = "arn:aws:eks:ap-northeast-2:123456789012:cluster/heart-to-heart-production"
      vpc_config = { cluster_security_group_id = "sg-cluster" }
    }
  }

  override_resource {
    target = module.storage.module.images.aws_s3_bucket.this
    values = { arn = "arn:aws:s3:::images", id = "images" }
  }

  override_resource {
    target = module.storage.module.private.aws_s3_bucket.this
    values = { arn = "arn:aws:s3:::private", id = "private" }
  }
}

variables {
  domain_name        = "heart.example"
  hosted_zone_id     = "Z0123456789ABC"
  operator_email     = "operators@example.com"
  administrator_arns = ["arn:aws:iam::123456789012:role/operators"]
  github_repository  = "example@12/heart-to-heart-api@34"

  database_master_password = "for the first minutes"
}

run "the_network" {
  assert {
    condition     = [for subnet in module.network.subnets.public : subnet.cidr_block] == ["10.20.0.0/24", "10.20.1.0/24", "10.20.2.0/24"]
    error_message = "Each of three zones has a public subnet. The chart's network policies name these addresses."
  }

  assert {
    condition     = [for subnet in module.network.subnets.private : subnet.cidr_block] == ["10.20.16.0/20", "10.20.32.0/20", "10.20.48.0/20"]
    error_message = "Each of three zones has a private subnet. The chart's network policies name these addresses."
  }

  assert {
    condition     = alltrue([for subnet in module.network.subnets.public : subnet.tags["kubernetes.io/role/elb"] == "1" && !can(subnet.tags["kubernetes.io/role/internal-elb"])])
    error_message = "Public load balancers must find public subnets."
  }

  assert {
    condition     = alltrue([for subnet in module.network.subnets.private : subnet.tags["kubernetes.io/role/internal-elb"] == "1" && !can(subnet.tags["kubernetes.io/role/elb"])])
    error_message = "Public load balancers must not find private subnets."
  }

  assert {
    condition     = length(distinct(values(module.network.subnets.nat))) == 3
    error_message = "Each zone leaves by its own NAT gateway."
  }
}

run "the_cluster" {
  assert {
    condition     = !module.cluster.api.public && module.cluster.api.administrators == ["arn:aws:iam::123456789012:role/operators"]
    error_message = "The API is private, and its administrators are those who were named."
  }

  assert {
    condition     = { for name, group in module.cluster.node_groups : name => "${group.capacity_type} ${group.minimum}" } == { on-demand-ap-northeast-2a = "ON_DEMAND 1", on-demand-ap-northeast-2b = "ON_DEMAND 1", on-demand-ap-northeast-2c = "ON_DEMAND 1", spot = "SPOT 1" }
    error_message = "Each zone has a node that AWS does not take away; others are cheaper."
  }

  assert {
    condition = alltrue([
      for zone, subnet in local.private_subnets : module.cluster.node_groups["on-demand-${zone}"].subnet_ids == toset([subnet])
    ]) && length(module.cluster.node_groups["spot"].subnet_ids) == 3
    error_message = "A disk stays in its zone, so each zone has a group of its own."
  }

  assert {
    condition     = length(setintersection(flatten([for group in module.cluster.node_groups : tolist(group.subnet_ids)]), module.network.public_subnet_ids)) == 0
    error_message = "No node may have a public address."
  }
}

run "the_database" {
  assert {
    condition     = module.database.machines.primary.multi_az && !module.database.machines.primary.public && module.database.machines.primary.backups == 35
    error_message = "PostgreSQL has a standby in another zone, backups of five weeks, and no public address."
  }

  assert {
    condition     = [for replica in module.database.machines.replicas : [replica.of, tostring(replica.public), replica.class]] == [["heart-to-heart-production", "false", "db.m7g.large"], ["heart-to-heart-production", "false", "db.m7g.large"]]
    error_message = "Two replicas follow it, as large as the primary."
  }

  assert {
    condition     = module.database.machines.primary.subnets == toset(module.network.private_subnet_ids)
    error_message = "The database must be in private subnets only."
  }

  assert {
    condition     = local.clients == { cluster = "sg-cluster" }
    error_message = "The nodes, and nothing else, connect to the database and to Redis."
  }
}

run "redis" {
  assert {
    condition     = module.cache.group == { nodes = 2, failover = true, tls = "required", clients = ["sg-cluster"], subnets = toset(module.network.private_subnet_ids) }
    error_message = "Redis fails over, speaks TLS only, and is reached by nodes alone."
  }
}

run "images_and_names" {
  assert {
    condition     = module.storage.versioning == ["Enabled", "Enabled"]
    error_message = "Deleted files are kept for a while, as backups of the database are."
  }

  assert {
    condition     = module.storage.image_base_url == "https://images.heart.example"
    error_message = "The CDN has a name of ours."
  }

  assert {
    condition     = aws_acm_certificate.images.region == "us-east-1" && aws_acm_certificate_validation.images.region == "us-east-1"
    error_message = "CloudFront takes certificates of us-east-1 only."
  }

  assert {
    condition = { for name, record in aws_route53_record.validation : name => [record.name, one(record.records)] } == {
      "heart.example"        = ["_a.heart.example", "_a.acm-validations.aws"]
      "api.heart.example"    = ["_b.api.heart.example", "_b.acm-validations.aws"]
      "admin.heart.example"  = ["_c.admin.heart.example", "_c.acm-validations.aws"]
      "images.heart.example" = ["_d.images.heart.example", "_d.acm-validations.aws"]
    }
    error_message = "Each name must be proved by its own record."
  }

  assert {
    condition     = alltrue([for record in aws_route53_record.images : record.name == "images.heart.example" && record.alias[0].name == "mock.cloudfront.net"]) && length(aws_route53_record.images) == 2
    error_message = "The name of the images leads to the CDN, by IPv4 and IPv6."
  }

  assert {
    condition     = yamldecode(output.chart_values).config.ALLOWED_HOSTS == "api.heart.example,heart.example,admin.heart.example" && yamldecode(output.chart_values).config.PUBLIC_URL == "https://api.heart.example"
    error_message = "The server answers to all names of the certificate."
  }

  assert {
    condition = alltrue([
      for name, value in yamldecode(output.chart_values) : alltrue([
        for key in try(keys(value), []) : contains(keys(yamldecode(file("../../k8s/chart/values-production.yaml"))[name]), key) || key == "STORAGE_REGION"
      ])
    ])
    error_message = "The output has the keys of the chart's values, so that it can be merged into them."
  }

  assert {
    condition     = yamldecode(output.chart_values).ingress.hosts == yamldecode(file("../../k8s/chart/values-production.yaml")).ingress.hosts && yamldecode(output.chart_values).nginx.loadBalancerSubnets == yamldecode(file("../../k8s/chart/values-production.yaml")).nginx.loadBalancerSubnets
    error_message = "The values in the repository are those of an example domain in this network."
  }
}

run "mail" {
  assert {
    condition = { for record in aws_route53_record.dkim : record.name => one(record.records) } == {
      "one._domainkey.heart.example"   = "one.dkim.amazonses.com"
      "two._domainkey.heart.example"   = "two.dkim.amazonses.com"
      "three._domainkey.heart.example" = "three.dkim.amazonses.com"
    }
    error_message = "Receivers must find the keys of the signatures."
  }

  assert {
    condition = { for type, record in aws_route53_record.bounce : type => [record.name, one(record.records)] } == {
      MX  = ["bounce.heart.example", "10 feedback-smtp.ap-northeast-2.amazonses.com"]
      TXT = ["bounce.heart.example", "v=spf1 include:amazonses.com ~all"]
    }
    error_message = "Bounces must come back, and SPF must allow SES to send."
  }
}

run "secrets" {
  assert {
    condition     = toset([for secret in aws_secretsmanager_secret.this : secret.name]) == toset(["heart/production/app", "heart/production/grafana", "heart/production/alertmanager", "heart/production/logging"])
    error_message = "The cluster reads these secrets."
  }

  assert {
    condition     = alltrue([for secret in aws_secretsmanager_secret.this : secret.kms_key_id == "arn:aws:kms:ap-northeast-2:123456789012:key/mock" && secret.recovery_window_in_days == 30])
    error_message = "Secrets must be encrypted with our key, and not vanish at once."
  }
}

run "what_the_server_may_do" {
  assert {
    condition     = module.server_role.pods.service_account == "heart/heart-web" && module.server_role.pods.cluster == "heart-to-heart-production"
    error_message = "The server's pods, and no others, take its role."
  }

  assert {
    condition = toset(flatten([for statement in module.server_role.pods.statements : statement.Action])) == toset([
      "s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:ListBucket", "kms:Decrypt", "kms:GenerateDataKey",
    ])
    error_message = "The server reads and writes files, and does nothing else in AWS."
  }

  assert {
    condition = toset(flatten([for statement in module.server_role.pods.statements : statement.Resource])) == toset([
      "arn:aws:s3:::images/*", "arn:aws:s3:::private/*", "arn:aws:s3:::images", "arn:aws:s3:::private", "arn:aws:kms:ap-northeast-2:123456789012:key/mock",
    ])
    error_message = "The server uses its own buckets, and the key for nothing but them."
  }

  assert {
    condition     = [for statement in module.server_role.pods.statements : statement.Condition if statement.Sid == "EncryptPrivateFiles"] == [{ StringEquals = { "kms:ViaService" = "s3.ap-northeast-2.amazonaws.com" } }]
    error_message = "The server must not decrypt anything but files."
  }
}

run "releases" {
  assert {
    condition     = module.release_role.subject == "repo:example@12/heart-to-heart-api@34:environment:production"
    error_message = "Only jobs of the environment production, which admits main alone, may push images."
  }

  assert {
    condition = {
      for statement in module.registry.push_statements : statement.Sid => statement.Resource
    } == { LogInToTheRegistry = ["*"], PushImages = ["arn:aws:ecr:ap-northeast-2:123456789012:repository/heart-to-heart-api"] }
    error_message = "Workflows reach one repository of images, and not the cluster."
  }

  assert {
    condition     = output.github_variables.PRODUCTION_IMAGE_REPOSITORY == "123456789012.dkr.ecr.ap-northeast-2.amazonaws.com/heart-to-heart-api"
    error_message = "The workflow must know where to push."
  }
}

run "two_zones_are_refused" {
  command = plan

  variables {
    availability_zones = ["ap-northeast-2a", "ap-northeast-2c"]
  }

  expect_failures = [var.availability_zones]
}

run "a_domain_with_a_path_is_refused" {
  command = plan

  variables {
    domain_name = "https://heart.example/"
  }

  expect_failures = [var.domain_name]
}
