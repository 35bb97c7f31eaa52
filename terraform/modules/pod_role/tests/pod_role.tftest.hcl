mock_provider "aws" {
  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::123456789012:role/mock", id = "mock" }
  }
}

variables {
  cluster           = { name = "heart-to-heart-test", arn = "arn:aws:eks:ap-northeast-2:123456789012:cluster/heart-to-heart-test" }
  namespace         = "heart"
  service_account   = "heart-web"
  policy_statements = [{ Effect = "Allow", Action = ["s3:GetObject"], Resource = ["arn:aws:s3:::images/*"] }]
}

run "pods_of_one_service_account_take_the_role" {
  assert {
    condition = jsondecode(aws_iam_role.this.assume_role_policy).Statement == [{
      Effect    = "Allow"
      Principal = { Service = "pods.eks.amazonaws.com" }
      Action    = ["sts:AssumeRole", "sts:TagSession"]
      Condition = {
        StringEquals = {
          "aws:RequestTag/eks-cluster-arn"            = "arn:aws:eks:ap-northeast-2:123456789012:cluster/heart-to-heart-test"
          "aws:RequestTag/kubernetes-namespace"       = "heart"
          "aws:RequestTag/kubernetes-service-account" = "heart-web"
        }
      }
    }]
    error_message = "The role trusts one service account of one cluster, by equality and not by pattern."
  }

  assert {
    condition     = aws_eks_pod_identity_association.this.role_arn == aws_iam_role.this.arn && output.pods.service_account == "heart/heart-web"
    error_message = "The pods must get the role."
  }

  assert {
    condition     = jsondecode(aws_iam_role_policy.this[0].policy).Statement == var.policy_statements && length(aws_iam_role_policy_attachment.this) == 0
    error_message = "The role may do what it was given."
  }
}

run "a_policy_of_aws_takes_the_place_of_statements" {
  variables {
    policy_statements  = []
    managed_policy_arn = "arn:aws:iam::aws:policy/AmazonEKS_CNI_Policy"
  }

  assert {
    condition     = length(aws_iam_role_policy.this) == 0 && aws_iam_role_policy_attachment.this[0].policy_arn == var.managed_policy_arn
    error_message = "The role may do what the policy says."
  }
}

run "a_role_without_rights_is_refused" {
  command = plan

  variables {
    policy_statements = []
  }

  expect_failures = [var.managed_policy_arn]
}
