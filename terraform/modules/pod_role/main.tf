# A role that the pods of one service account in one cluster take by EKS Pod Identity: without a key, and without an
# annotation on the service account.

locals {
  trust = {
    "aws:RequestTag/eks-cluster-arn"            = var.cluster.arn
    "aws:RequestTag/kubernetes-namespace"       = var.namespace
    "aws:RequestTag/kubernetes-service-account" = var.service_account
  }
}

resource "aws_iam_role" "this" {
  name = "${var.cluster.name}-${var.service_account}"

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "pods.eks.amazonaws.com" }
      Action    = ["sts:AssumeRole", "sts:TagSession"]
      Condition = { StringEquals = local.trust }
    }]
  })
}

resource "aws_iam_role_policy" "this" {
  count  = length(var.policy_statements) > 0 ? 1 : 0
  name   = var.service_account
  role   = aws_iam_role.this.id
  policy = jsonencode({ Version = "2012-10-17", Statement = var.policy_statements })
}

resource "aws_iam_role_policy_attachment" "this" {
  count      = var.managed_policy_arn == null ? 0 : 1
  role       = aws_iam_role.this.name
  policy_arn = var.managed_policy_arn
}

resource "aws_eks_pod_identity_association" "this" {
  cluster_name    = var.cluster.name
  namespace       = var.namespace
  service_account = var.service_account
  role_arn        = aws_iam_role.this.arn
}
