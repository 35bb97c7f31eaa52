output "name" {
  description = "Name of the bucket."
  value       = aws_s3_bucket.this.id
}

output "arn" {
  description = "ARN of the bucket."
  value       = aws_s3_bucket.this.arn
}

output "regional_domain_name" {
  description = "Host name of the bucket in its region, for a CDN."
  value       = aws_s3_bucket.this.bucket_regional_domain_name
}

# For the tests of modules that use this one.
output "policy" {
  description = "The bucket's policy, as JSON."
  value       = aws_s3_bucket_policy.this.policy
}

output "rules" {
  description = "Whether deleted objects are kept, and the days after which objects expire, by prefix."
  value = {
    versioning = aws_s3_bucket_versioning.this.versioning_configuration[0].status
    expiration = {
      for rule in aws_s3_bucket_lifecycle_configuration.this.rule : rule.filter[0].prefix => rule.expiration[0].days
      if length(rule.expiration) > 0
    }
  }
}
