mock_provider "aws" {
  mock_resource "aws_ecr_repository" {
    defaults = { arn = "arn:aws:ecr:ap-northeast-2:123456789012:repository/server" }
  }
}

variables {
  name        = "server"
  kms_key_arn = "arn:aws:kms:ap-northeast-2:123456789012:key/mock"
}

run "images_are_scanned_and_never_replaced" {
  assert {
    condition     = aws_ecr_repository.this.image_tag_mutability == "IMMUTABLE" && aws_ecr_repository.this.image_scanning_configuration[0].scan_on_push
    error_message = "A tag must name the same scanned image for ever."
  }

  assert {
    condition     = aws_ecr_repository.this.encryption_configuration[0].encryption_type == "KMS" && aws_ecr_repository.this.encryption_configuration[0].kms_key == var.kms_key_arn
    error_message = "Images must be encrypted with our key."
  }

  assert {
    condition = [for rule in jsondecode(aws_ecr_lifecycle_policy.this.policy).rules : [rule.selection.tagStatus, rule.selection.countNumber]] == [
      ["untagged", 7], ["any", 100],
    ]
    error_message = "Images without a tag expire, and the newest releases remain."
  }

  assert {
    condition     = output.push_statements[1].Resource == ["arn:aws:ecr:ap-northeast-2:123456789012:repository/server"] && !anytrue([for action in output.push_statements[1].Action : strcontains(action, "Delete")])
    error_message = "Workflows push to this repository, and delete nothing."
  }
}
