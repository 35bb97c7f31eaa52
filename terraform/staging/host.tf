locals {
  # By which CodeDeploy finds the host.
  deploy_tag = { key = "CodeDeploy", value = local.name }
}

data "aws_ssm_parameter" "ami" {
  name = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
}

# No key pair and no SSH: operators use Session Manager.
resource "aws_instance" "host" {
  # checkov:skip=CKV_AWS_88: nginx on this host is the entrance; there is no load balancer in staging
  ami                         = data.aws_ssm_parameter.ami.insecure_value
  instance_type               = var.instance_type
  subnet_id                   = module.network.public_subnet_ids[0]
  vpc_security_group_ids      = [aws_security_group.host.id]
  iam_instance_profile        = aws_iam_instance_profile.host.name
  associate_public_ip_address = true
  ebs_optimized               = true
  monitoring                  = true

  # The script is checked as it is, so it has no placeholders: what it needs stands above it.
  user_data_replace_on_change = true
  user_data = join("\n", [
    "#!/bin/bash",
    "export NAME='${local.name}' REGION='${var.region}' DOMAIN='${var.domain_name}' OPERATOR_EMAIL='${var.operator_email}'",
    file("${path.module}/host.sh"),
  ])

  metadata_options {
    http_endpoint               = "enabled"
    http_tokens                 = "required"
    http_put_response_hop_limit = 1
  }

  # nginx buffers uploads on it, 12 GB at most (docs/operations.md).
  root_block_device {
    volume_type = "gp3"
    volume_size = 40
    encrypted   = true
    kms_key_id  = module.key.arn
  }

  tags = {
    Name                   = local.name
    (local.deploy_tag.key) = local.deploy_tag.value
  }

  lifecycle {
    # A newer image replaces the host only when an operator says so (docs/deployment.md).
    ignore_changes = [ami]
  }
}

resource "aws_eip" "host" {
  domain = "vpc"
  tags   = { Name = local.name }
}

resource "aws_eip_association" "host" {
  allocation_id = aws_eip.host.id
  instance_id   = aws_instance.host.id
}

resource "aws_route53_record" "host" {
  zone_id = var.hosted_zone_id
  name    = var.domain_name
  type    = "A"
  ttl     = 300
  records = [aws_eip.host.public_ip]
}

resource "aws_security_group" "host" {
  name        = "${local.name}-host"
  description = "HTTP and HTTPS from anywhere; out to AWS, the mail server and PostgreSQL"
  vpc_id      = module.network.vpc_id
  tags        = { Name = "${local.name}-host" }
}

# HTTP stays open, because redirecting the paths of the Android app would break it (deploy/nginx/heart.conf).
resource "aws_vpc_security_group_ingress_rule" "host" {
  # checkov:skip=CKV_AWS_260: the released Android app may use HTTP
  for_each          = { http = 80, https = 443 }
  security_group_id = aws_security_group.host.id
  description       = "${upper(each.key)} from anywhere"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = each.value
  to_port           = each.value
}

# To AWS and package registries, and to the mail server. Names and time come from addresses that no rule applies to.
resource "aws_vpc_security_group_egress_rule" "host" {
  for_each          = { https = 443, smtp = var.smtp_port }
  security_group_id = aws_security_group.host.id
  description       = "${upper(each.key)} to anywhere"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = each.value
  to_port           = each.value
}

resource "aws_vpc_security_group_egress_rule" "database" {
  security_group_id            = aws_security_group.host.id
  description                  = "PostgreSQL"
  referenced_security_group_id = module.database.security_group_id
  ip_protocol                  = "tcp"
  from_port                    = 5432
  to_port                      = 5432
}
