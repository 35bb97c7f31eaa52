output "images_bucket" {
  description = "STORAGE_BUCKET of the server."
  value       = module.images.name
}

output "private_bucket" {
  description = "PRIVATE_BUCKET of the server."
  value       = module.private.name
}

output "image_base_url" {
  description = "IMAGE_BASE_URL of the server."
  value       = "https://${length(var.cdn_aliases) > 0 ? var.cdn_aliases[0] : aws_cloudfront_distribution.images.domain_name}"
}

output "cdn" {
  description = "Host name and Route 53 zone of the CDN, for records that lead to it."
  value       = { domain_name = aws_cloudfront_distribution.images.domain_name, zone_id = aws_cloudfront_distribution.images.hosted_zone_id }
}

output "policy_statements" {
  description = "What the server may do with the two buckets, and with nothing else."
  value = [
    {
      Sid    = "FilesOfTheServer"
      Effect = "Allow"
      Action = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"]
      Resource = [
        "${module.images.arn}/*",
        "${module.private.arn}/*",
      ]
    },
    {
      # Without it S3 answers 403 instead of 404 for a file that is not there.
      Sid      = "MissingFilesAreMissing"
      Effect   = "Allow"
      Action   = ["s3:ListBucket"]
      Resource = [module.images.arn, module.private.arn]
    },
  ]
}

# For the tests of roots that use this module.
output "versioning" {
  description = "Whether deleted files are kept for a while."
  value       = [module.images.rules.versioning, module.private.rules.versioning]
}
