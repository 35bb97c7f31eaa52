mock_provider "aws" {
  mock_resource "aws_s3_bucket" {
    defaults = { arn = "arn:aws:s3:::files", id = "files" }
  }
}

variables {
  name = "files"
}

run "a_bucket_is_closed_encrypted_and_tls_only" {
  assert {
    condition = alltrue([
      aws_s3_bucket_public_access_block.this.block_public_acls,
      aws_s3_bucket_public_access_block.this.block_public_policy,
      aws_s3_bucket_public_access_block.this.ignore_public_acls,
      aws_s3_bucket_public_access_block.this.restrict_public_buckets,
    ])
    error_message = "No bucket may be public by an ACL or a policy."
  }

  assert {
    condition     = aws_s3_bucket_ownership_controls.this.rule[0].object_ownership == "BucketOwnerEnforced"
    error_message = "ACLs must be off."
  }

  assert {
    condition     = one(aws_s3_bucket_server_side_encryption_configuration.this.rule).apply_server_side_encryption_by_default[0].sse_algorithm == "AES256"
    error_message = "Objects must be encrypted."
  }

  assert {
    condition = jsondecode(aws_s3_bucket_policy.this.policy).Statement == [{
      Sid       = "RefuseRequestsWithoutTls"
      Effect    = "Deny"
      Principal = "*"
      Action    = "s3:*"
      Resource  = ["arn:aws:s3:::files", "arn:aws:s3:::files/*"]
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }]
    error_message = "Requests without TLS must be refused, and nothing be allowed."
  }

  assert {
    condition     = aws_s3_bucket_versioning.this.versioning_configuration[0].status == "Suspended" && output.rules.expiration == {}
    error_message = "Unless told, deleted objects are gone, and others stay."
  }
}

run "a_key_encrypts_and_prefixes_expire" {
  variables {
    kms_key_arn  = "arn:aws:kms:ap-northeast-2:123456789012:key/mock"
    expiration   = { "exports/" = 30 }
    cors_origins = ["https://app.example.com"]
  }

  assert {
    condition     = one(aws_s3_bucket_server_side_encryption_configuration.this.rule).apply_server_side_encryption_by_default[0].kms_master_key_id == var.kms_key_arn
    error_message = "Objects must be encrypted with the key."
  }

  assert {
    condition     = output.rules.expiration == { "exports/" = 30 }
    error_message = "Only exports may expire."
  }

  assert {
    condition     = one(aws_s3_bucket_cors_configuration.this[0].cors_rule).allowed_methods == toset(["GET", "HEAD"])
    error_message = "Scripts of web clients may read only."
  }
}

run "an_origin_with_an_asterisk_is_refused" {
  command = plan

  variables {
    cors_origins = ["https://*.example.com"]
  }

  expect_failures = [var.cors_origins]
}
