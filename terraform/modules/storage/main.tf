# The two buckets of the server (docs/settings.md: STORAGE_BUCKET, PRIVATE_BUCKET) and the CDN in front of the first.

locals {
  # Every image's name begins with it (media/models.py).
  images_prefix = "images/"
}

# Public through the CDN only.
module "images" {
  source     = "../bucket"
  name       = "${var.name}-images-${var.account_id}"
  versioning = var.versioning

  policy_statements = [{
    Sid       = "LetTheCdnReadImages"
    Effect    = "Allow"
    Principal = { Service = "cloudfront.amazonaws.com" }
    Action    = "s3:GetObject"
    Resource  = "${module.images.arn}/${local.images_prefix}*"
    Condition = { StringEquals = { "aws:SourceArn" = aws_cloudfront_distribution.images.arn } }
  }]
}

# Exports, images of removed posts, copies of reported images. Only exports may expire.
module "private" {
  source       = "../bucket"
  name         = "${var.name}-private-${var.account_id}"
  kms_key_arn  = var.kms_key_arn
  versioning   = var.versioning
  cors_origins = var.web_origins
  expiration   = { "exports/" = var.exports_expire_after_days }
}

resource "aws_cloudfront_origin_access_control" "images" {
  name                              = "${var.name}-images"
  description                       = "Signs the CDN's requests to the images bucket"
  origin_access_control_origin_type = "s3"
  signing_behavior                  = "always"
  signing_protocol                  = "sigv4"
}

data "aws_cloudfront_cache_policy" "optimized" {
  name = "Managed-CachingOptimized"
}

data "aws_cloudfront_response_headers_policy" "cors" {
  name = "Managed-CORS-with-preflight-and-SecurityHeadersPolicy"
}

resource "aws_cloudfront_distribution" "images" {
  # checkov:skip=CKV_AWS_68: it serves images by names that cannot be guessed, and nothing else; no rule of a firewall would apply
  # checkov:skip=CKV2_AWS_47: it serves files from a bucket, not Java
  # checkov:skip=CKV_AWS_86: access logs would hold IP addresses, which the project stores nowhere
  # checkov:skip=CKV_AWS_305: there is no page at the root
  # checkov:skip=CKV_AWS_310: there is one copy of each image
  # checkov:skip=CKV_AWS_374: members travel
  # checkov:skip=CKV2_AWS_42: by cdn_certificate_arn; without it the CDN's own name has CloudFront's certificate
  # checkov:skip=CKV_AWS_174: TLSv1.2_2021 with a certificate; CloudFront's own certificate allows no choice
  comment         = "${var.name}: images"
  enabled         = true
  is_ipv6_enabled = true
  http_version    = "http2and3"
  price_class     = "PriceClass_200"
  aliases         = var.cdn_aliases

  origin {
    origin_id                = "images"
    domain_name              = module.images.regional_domain_name
    origin_access_control_id = aws_cloudfront_origin_access_control.images.id
  }

  # How long it keeps an image is what the object's Cache-Control says: an hour (docs/operations.md).
  default_cache_behavior {
    target_origin_id           = "images"
    viewer_protocol_policy     = "https-only"
    allowed_methods            = ["GET", "HEAD", "OPTIONS"]
    cached_methods             = ["GET", "HEAD"]
    compress                   = false
    cache_policy_id            = data.aws_cloudfront_cache_policy.optimized.id
    response_headers_policy_id = data.aws_cloudfront_response_headers_policy.cors.id
  }

  restrictions {
    geo_restriction {
      restriction_type = "none"
    }
  }

  viewer_certificate {
    cloudfront_default_certificate = var.cdn_certificate_arn == null
    acm_certificate_arn            = var.cdn_certificate_arn
    ssl_support_method             = var.cdn_certificate_arn == null ? null : "sni-only"
    minimum_protocol_version       = var.cdn_certificate_arn == null ? "TLSv1" : "TLSv1.2_2021"
  }
}
