output "arn" {
  description = "ARN of the role."
  value       = aws_iam_role.this.arn
}

# For the tests of roots that use this module.
output "pods" {
  description = "Whose pods take the role, and what they may do."
  value = {
    cluster         = aws_eks_pod_identity_association.this.cluster_name
    service_account = "${aws_eks_pod_identity_association.this.namespace}/${aws_eks_pod_identity_association.this.service_account}"
    statements      = var.policy_statements
    managed_policy  = var.managed_policy_arn
  }
}
