mock_provider "aws" {
  mock_resource "aws_kms_key" {
    defaults = { arn = "arn:aws:kms:ap-northeast-2:123456789012:key/mock", key_id = "mock" }
  }
}

variables {
  name       = "heart-to-heart-test"
  account_id = "123456789012"
  region     = "ap-northeast-2"
}

run "only_the_account_and_its_logs_and_alarms_use_the_key" {
  assert {
    condition     = aws_kms_key.this.enable_key_rotation && aws_kms_key.this.deletion_window_in_days == 30
    error_message = "The key must be rotated, and not vanish at once."
  }

  assert {
    condition = {
      for statement in jsondecode(aws_kms_key.this.policy).Statement : statement.Sid => values(statement.Principal)
      } == {
      PermissionsComeFromIam = ["arn:aws:iam::123456789012:root"]
      Logs                   = ["logs.ap-northeast-2.amazonaws.com"]
      Alarms                 = ["cloudwatch.amazonaws.com"]
    }
    error_message = "Nobody outside the account may use the key."
  }

  assert {
    condition = alltrue([
      for statement in jsondecode(aws_kms_key.this.policy).Statement : can(statement.Condition) if can(statement.Principal.Service)
    ])
    error_message = "Services use the key for this account only."
  }

  assert {
    condition     = output.alias == "alias/heart-to-heart-test"
    error_message = "The key must be found by the name of its environment."
  }
}
