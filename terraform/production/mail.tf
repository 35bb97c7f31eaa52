# The sender of e-mails: Amazon SES may send for the domain, and receivers can prove it (DKIM, SPF). The login at its SMTP
# server is made by hand, since its password would be in the state (docs/production.md).

resource "aws_sesv2_email_identity" "domain" {
  email_identity = var.domain_name

  dkim_signing_attributes {
    next_signing_key_length = "RSA_2048_BIT"
  }
}

resource "aws_route53_record" "dkim" {
  count   = 3
  zone_id = var.hosted_zone_id
  name    = "${aws_sesv2_email_identity.domain.dkim_signing_attributes[0].tokens[count.index]}._domainkey.${var.domain_name}"
  type    = "CNAME"
  records = ["${aws_sesv2_email_identity.domain.dkim_signing_attributes[0].tokens[count.index]}.dkim.amazonses.com"]
  ttl     = 300
}

# Bounces go to a name of ours, so that SPF is checked for it and the domain's own records stay as they are.
resource "aws_sesv2_email_identity_mail_from_attributes" "domain" {
  email_identity         = aws_sesv2_email_identity.domain.email_identity
  mail_from_domain       = "bounce.${var.domain_name}"
  behavior_on_mx_failure = "USE_DEFAULT_VALUE"

  depends_on = [aws_route53_record.bounce]
}

resource "aws_route53_record" "bounce" {
  for_each = {
    MX  = "10 feedback-smtp.${var.region}.amazonses.com"
    TXT = "v=spf1 include:amazonses.com ~all"
  }

  zone_id = var.hosted_zone_id
  name    = "bounce.${var.domain_name}"
  type    = each.key
  records = [each.value]
  ttl     = 300
}
