mock_provider "aws" {
  mock_resource "aws_iam_openid_connect_provider" {
    defaults = { arn = "arn:aws:iam::123456789012:oidc-provider/made" }
  }
}

variables {
  name              = "deploy"
  provider_arn      = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"
  repository        = "example@12/heart-to-heart-api@34"
  branch            = "staging"
  policy_statements = [{ Effect = "Allow", Action = ["s3:PutObject"], Resource = ["arn:aws:s3:::bundles/*"] }]
}

run "only_one_branch_of_one_repository_takes_the_role" {
  assert {
    condition = jsondecode(aws_iam_role.this.assume_role_policy).Statement == [{
      Effect    = "Allow"
      Principal = { Federated = var.provider_arn }
      Action    = "sts:AssumeRoleWithWebIdentity"
      Condition = {
        StringEquals = {
          "token.actions.githubusercontent.com:aud" = "sts.amazonaws.com"
          "token.actions.githubusercontent.com:sub" = "repo:example@12/heart-to-heart-api@34:ref:refs/heads/staging"
        }
      }
    }]
    error_message = "The role trusts tokens of one branch, by equality and not by pattern."
  }

  assert {
    condition     = jsondecode(aws_iam_role_policy.this.policy).Statement == var.policy_statements
    error_message = "The role may do what it was given."
  }
}

run "only_one_environment_takes_the_role" {
  variables {
    branch      = null
    environment = "production"
  }

  assert {
    condition     = jsondecode(aws_iam_role.this.assume_role_policy).Statement[0].Condition.StringEquals["token.actions.githubusercontent.com:sub"] == "repo:example@12/heart-to-heart-api@34:environment:production"
    error_message = "The role trusts tokens of one environment."
  }
}

run "an_account_with_githubs_provider_gets_no_second_one" {
  assert {
    condition     = length(aws_iam_openid_connect_provider.github) == 0
    error_message = "An account can have GitHub's provider only once."
  }
}

run "without_githubs_provider_there_is_a_new_one" {
  variables {
    provider_arn = null
  }

  assert {
    condition     = jsondecode(aws_iam_role.this.assume_role_policy).Statement[0].Principal.Federated == "arn:aws:iam::123456789012:oidc-provider/made" && aws_iam_openid_connect_provider.github[0].client_id_list == toset(["sts.amazonaws.com"])
    error_message = "Without GitHub's provider nobody can take the role."
  }
}

run "repositories_by_pattern_are_refused" {
  command = plan

  variables {
    repository = "example/*"
  }

  expect_failures = [var.repository]
}

run "a_branch_and_an_environment_are_refused" {
  command = plan

  variables {
    environment = "production"
  }

  expect_failures = [var.environment]
}

run "neither_branch_nor_environment_is_refused" {
  command = plan

  variables {
    branch = null
  }

  expect_failures = [var.environment]
}

run "branches_by_pattern_are_refused" {
  command = plan

  variables {
    branch = "*"
  }

  expect_failures = [var.branch]
}
