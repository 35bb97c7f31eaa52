mock_provider "aws" {
  mock_resource "aws_cloudfront_distribution" {
    defaults = { arn = "arn:aws:cloudfront::123456789012:distribution/MOCK", domain_name = "mock.cloudfront.net" }
  }

  override_resource {
    target = module.images.aws_s3_bucket.this
    values = { arn = "arn:aws:s3:::images", id = "images", bucket_regional_domain_name = "images.s3.ap-northeast-2.amazonaws.com" }
  }

  override_resource {
    target = module.private.aws_s3_bucket.this
    values = { arn = "arn:aws:s3:::private", id = "private" }
  }
}

variables {
  name        = "heart-to-heart-test"
  account_id  = "123456789012"
  kms_key_arn = "arn:aws:kms:ap-northeast-2:123456789012:key/mock"
}

run "only_the_cdn_reads_images_and_nobody_private_files" {
  assert {
    condition = [
      for statement in jsondecode(module.images.policy).Statement :
      [statement.Principal.Service, statement.Action, statement.Resource, statement.Condition.StringEquals["aws:SourceArn"]]
      if statement.Effect == "Allow"
    ] == [["cloudfront.amazonaws.com", "s3:GetObject", "arn:aws:s3:::images/images/*", "arn:aws:cloudfront::123456789012:distribution/MOCK"]]
    error_message = "Our CDN reads images, and nobody reads anything else of their bucket."
  }

  assert {
    condition     = length([for statement in jsondecode(module.private.policy).Statement : statement if statement.Effect == "Allow"]) == 0
    error_message = "The private bucket is closed to all but the server."
  }

  assert {
    condition     = one(aws_cloudfront_distribution.images.origin).domain_name == "images.s3.ap-northeast-2.amazonaws.com" && one(aws_cloudfront_distribution.images.origin).origin_access_control_id == aws_cloudfront_origin_access_control.images.id
    error_message = "The CDN reads the images bucket, and signs its requests."
  }

  assert {
    condition     = aws_cloudfront_distribution.images.default_cache_behavior[0].viewer_protocol_policy == "https-only"
    error_message = "Images are served over TLS only."
  }
}

run "deleted_files_are_gone_and_only_exports_expire" {
  assert {
    condition     = module.images.rules == { versioning = "Suspended", expiration = {} }
    error_message = "Images stay until the server deletes them, and then they are gone."
  }

  assert {
    condition     = module.private.rules == { versioning = "Suspended", expiration = { "exports/" = 30 } }
    error_message = "Of the private files only exports expire."
  }
}

run "deleted_files_are_kept_for_a_while_where_asked" {
  variables {
    versioning = true
  }

  assert {
    condition     = output.versioning == ["Enabled", "Enabled"]
    error_message = "Both buckets must have backups."
  }

  assert {
    condition     = alltrue(flatten([for statement in output.policy_statements : [for action in statement.Action : !strcontains(action, "Version")]]))
    error_message = "The server itself must not be able to delete them."
  }
}

run "host_names_of_the_cdn_need_a_certificate" {
  command = plan

  variables {
    cdn_aliases = ["images.example.com"]
  }

  expect_failures = [var.cdn_certificate_arn]
}
