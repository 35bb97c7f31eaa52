# What staging must and must not be, on a provider that makes nothing.

mock_provider "aws" {
  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }

  mock_data "aws_region" {
    defaults = { region = "ap-northeast-2" }
  }

  mock_data "aws_ssm_parameter" {
    defaults = { insecure_value = "ami-0123456789abcdef0" }
  }

  # The real provider refuses ARNs of other forms wherever one is used.
  mock_resource "aws_kms_key" {
    defaults = { arn = "arn:aws:kms:ap-northeast-2:123456789012:key/mock", id = "mock", key_id = "mock" }
  }

  mock_resource "aws_sns_topic" {
    defaults = { arn = "arn:aws:sns:ap-northeast-2:123456789012:alarms" }
  }

  mock_resource "aws_cloudwatch_log_group" {
    defaults = { arn = "arn:aws:logs:ap-northeast-2:123456789012:log-group:mock" }
  }

  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::123456789012:role/mock" }
  }

  mock_resource "aws_iam_openid_connect_provider" {
    defaults = { arn = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com" }
  }

  mock_resource "aws_cloudfront_distribution" {
    defaults = { arn = "arn:aws:cloudfront::123456789012:distribution/MOCK", domain_name = "mock.cloudfront.net" }
  }

  mock_resource "aws_eip" {
    defaults = { public_ip = "198.51.100.7" }
  }

  override_resource {
    target = aws_iam_role.codedeploy
    values = { arn = "arn:aws:iam::123456789012:role/codedeploy" }
  }

  override_resource {
    target = aws_security_group.host
    values = { id = "sg-host" }
  }

  override_resource {
    target = module.database.aws_security_group.this
    values = { id = "sg-database" }
  }

  override_resource {
    target = module.storage.module.images.aws_s3_bucket.this
    values = { arn = "arn:aws:s3:::images", id = "images" }
  }

  override_resource {
    target = module.storage.module.private.aws_s3_bucket.this
    values = { arn = "arn:aws:s3:::private", id = "private" }
  }

  override_resource {
    target = module.bundles.aws_s3_bucket.this
    values = { arn = "arn:aws:s3:::bundles", id = "bundles" }
  }
}

variables {
  domain_name       = "staging-api.example.com"
  hosted_zone_id    = "Z0123456789ABC"
  operator_email    = "operators@example.com"
  github_repository = "example@12/heart-to-heart-api@34"
}

run "the_host" {
  assert {
    condition     = aws_instance.host.metadata_options[0].http_tokens == "required" && aws_instance.host.metadata_options[0].http_put_response_hop_limit == 1
    error_message = "The metadata of the host must need a session token (IMDSv2)."
  }

  assert {
    condition     = aws_instance.host.root_block_device[0].encrypted && aws_instance.host.root_block_device[0].volume_type == "gp3"
    error_message = "The disk of the host must be encrypted."
  }

  assert {
    condition     = sort([for rule in aws_vpc_security_group_ingress_rule.host : tostring(rule.from_port)]) == tolist(["443", "80"]) && alltrue([for rule in aws_vpc_security_group_ingress_rule.host : rule.from_port == rule.to_port && rule.security_group_id == "sg-host"])
    error_message = "Only HTTP and HTTPS may come in: no SSH, and not the ports of the two slots."
  }

  assert {
    condition     = alltrue([for rule in aws_vpc_security_group_egress_rule.host : contains([443, 587], rule.from_port) && rule.from_port == rule.to_port])
    error_message = "The host reaches HTTPS and the mail server only."
  }

  assert {
    condition     = strcontains(aws_instance.host.user_data, "DOMAIN='staging-api.example.com'") && startswith(aws_instance.host.user_data, "#!/bin/bash\n")
    error_message = "The script of the host gets its values before it runs."
  }

  assert {
    condition     = length(aws_instance.host.user_data) < 16384
    error_message = "EC2 takes 16 KB of user data."
  }

  assert {
    condition     = aws_route53_record.host.records == toset(["198.51.100.7"]) && aws_eip_association.host.instance_id == aws_instance.host.id
    error_message = "The name leads to the Elastic IP, and this to the host."
  }
}

run "what_the_host_may_do" {
  assert {
    condition = toset(flatten([
      for statement in jsondecode(aws_iam_role_policy.host.policy).Statement : statement.Resource
      if contains(["FilesOfTheServer", "MissingFilesAreMissing", "Bundles"], statement.Sid)
      ])) == toset([
      "arn:aws:s3:::images/*", "arn:aws:s3:::private/*", "arn:aws:s3:::images", "arn:aws:s3:::private",
      "arn:aws:s3:::bundles/*", "arn:aws:s3:::aws-codedeploy-ap-northeast-2/*",
    ])
    error_message = "The host uses its own buckets, and installs CodeDeploy's agent from that of AWS."
  }

  assert {
    condition = alltrue([
      for statement in jsondecode(aws_iam_role_policy.host.policy).Statement :
      alltrue([for action in flatten([statement.Action]) : !strcontains(action, "*") && !startswith(action, "secretsmanager:")])
    ])
    error_message = "The host may do nothing by wildcard, and not read the master password of the database."
  }

  assert {
    condition = [
      for statement in jsondecode(aws_iam_role_policy.host.policy).Statement : statement.Resource if statement.Sid == "Settings"
    ] == [["arn:aws:ssm:ap-northeast-2:123456789012:parameter/heart-to-heart/staging"]]
    error_message = "The host reads the settings of staging only."
  }

  assert {
    condition = toset([
      for statement in jsondecode(aws_iam_role_policy.host.policy).Statement : statement.Sid if contains(flatten([statement.Resource]), "*")
    ]) == toset(["Metrics", "CertificateZone"])
    error_message = "Only actions that know no resources may apply to all."
  }

  assert {
    condition     = aws_iam_role_policy_attachment.session_manager.policy_arn == "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore" && aws_iam_instance_profile.host.role == aws_iam_role.host.name
    error_message = "Operators reach the host by Session Manager."
  }
}

run "the_database_and_the_buckets" {
  assert {
    condition     = local.database_clients == { host = "sg-host" } && aws_vpc_security_group_egress_rule.database.referenced_security_group_id == "sg-database"
    error_message = "The host, and nothing else, connects to the database."
  }

  assert {
    condition     = aws_vpc_security_group_egress_rule.database.from_port == 5432 && aws_vpc_security_group_egress_rule.database.to_port == 5432
    error_message = "The host connects to PostgreSQL only."
  }

  assert {
    condition     = module.bundles.rules == { versioning = "Enabled", expiration = { "" = 30 } }
    error_message = "Bundles expire after 30 days."
  }

  assert {
    condition     = aws_ssm_parameter.settings["STORAGE_BUCKET"].value == "images" && aws_ssm_parameter.settings["PRIVATE_BUCKET"].value == "private" && aws_ssm_parameter.settings["IMAGE_BASE_URL"].value == "https://mock.cloudfront.net"
    error_message = "The server's settings must name its own buckets and the CDN."
  }

  assert {
    condition     = alltrue([for name, parameter in aws_ssm_parameter.settings : parameter.name == "/heart-to-heart/staging/${name}" && !can(regex("SECRET|KEY|PASSWORD|DATABASE", name))])
    error_message = "No secret may be known to Terraform."
  }
}

run "deployments" {
  assert {
    condition = alltrue([
      for set in aws_codedeploy_deployment_group.staging.ec2_tag_set :
      alltrue([for filter in set.ec2_tag_filter : filter.type == "KEY_AND_VALUE" && lookup(aws_instance.host.tags, filter.key, "") == filter.value])
    ]) && length(aws_codedeploy_deployment_group.staging.ec2_tag_set) == 1
    error_message = "CodeDeploy must find the host by its tag."
  }

  assert {
    condition     = aws_codedeploy_deployment_group.staging.auto_rollback_configuration[0].enabled && aws_codedeploy_deployment_group.staging.auto_rollback_configuration[0].events == toset(["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM"])
    error_message = "A deployment that fails, or that alarms stop, is rolled back."
  }

  assert {
    condition     = aws_codedeploy_deployment_group.staging.alarm_configuration[0].enabled && contains(aws_codedeploy_deployment_group.staging.alarm_configuration[0].alarms, aws_cloudwatch_metric_alarm.server_errors.alarm_name)
    error_message = "Errors of the server stop a deployment."
  }

  assert {
    condition     = aws_codedeploy_deployment_group.staging.service_role_arn == "arn:aws:iam::123456789012:role/codedeploy"
    error_message = "CodeDeploy works by its own role."
  }

  assert {
    condition     = aws_cloudwatch_log_metric_filter.server_errors.log_group_name == "/heart-to-heart-staging/nginx-access" && strcontains(aws_instance.host.user_data, "/$NAME/nginx-access")
    error_message = "The errors are counted where the agent writes nginx's log."
  }
}

run "github" {
  assert {
    condition = toset(flatten([for statement in local.deploy_statements : statement.Resource])) == toset([
      "arn:aws:s3:::bundles/*",
      "arn:aws:kms:ap-northeast-2:123456789012:key/mock",
      "arn:aws:codedeploy:ap-northeast-2:123456789012:application:heart-to-heart",
      "arn:aws:codedeploy:ap-northeast-2:123456789012:deploymentgroup:heart-to-heart/staging",
      "arn:aws:codedeploy:ap-northeast-2:123456789012:deploymentconfig:CodeDeployDefault.AllAtOnce",
    ])
    error_message = "Workflows may put bundles and deploy staging, and nothing else."
  }

  assert {
    condition     = module.deploy_role.subject == "repo:example@12/heart-to-heart-api@34:ref:refs/heads/staging"
    error_message = "Only the branch staging of our repository may take the role."
  }
}

run "a_host_name_with_a_path_is_refused" {
  command = plan

  variables {
    domain_name = "https://staging-api.example.com"
  }

  expect_failures = [var.domain_name]
}
