# Names and certificates. The records of the load balancers are made by external-dns in the cluster, which knows them.

locals {
  hosts = {
    api    = "api.${var.domain_name}"
    admin  = "admin.${var.domain_name}"
    images = "images.${var.domain_name}"
  }

  # Which names each certificate has. CloudFront takes certificates of us-east-1 only.
  load_balancer_names = [var.domain_name, local.hosts.api, local.hosts.admin]
}

resource "aws_acm_certificate" "load_balancers" {
  domain_name               = var.domain_name
  subject_alternative_names = [local.hosts.api, local.hosts.admin]
  validation_method         = "DNS"

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_acm_certificate" "images" {
  region            = "us-east-1"
  domain_name       = local.hosts.images
  validation_method = "DNS"

  lifecycle {
    create_before_destroy = true
  }
}

locals {
  validations = {
    for option in concat(
      tolist(aws_acm_certificate.load_balancers.domain_validation_options),
      tolist(aws_acm_certificate.images.domain_validation_options),
    ) : option.domain_name => option
  }
}

resource "aws_route53_record" "validation" {
  for_each        = toset(concat(local.load_balancer_names, [local.hosts.images]))
  zone_id         = var.hosted_zone_id
  name            = local.validations[each.key].resource_record_name
  type            = local.validations[each.key].resource_record_type
  records         = [local.validations[each.key].resource_record_value]
  ttl             = 300
  allow_overwrite = true
}

resource "aws_acm_certificate_validation" "load_balancers" {
  certificate_arn         = aws_acm_certificate.load_balancers.arn
  validation_record_fqdns = [for name in local.load_balancer_names : aws_route53_record.validation[name].fqdn]
}

resource "aws_acm_certificate_validation" "images" {
  region                  = "us-east-1"
  certificate_arn         = aws_acm_certificate.images.arn
  validation_record_fqdns = [aws_route53_record.validation[local.hosts.images].fqdn]
}

resource "aws_route53_record" "images" {
  for_each = toset(["A", "AAAA"])
  zone_id  = var.hosted_zone_id
  name     = local.hosts.images
  type     = each.key

  alias {
    name                   = module.storage.cdn.domain_name
    zone_id                = module.storage.cdn.zone_id
    evaluate_target_health = false
  }
}
