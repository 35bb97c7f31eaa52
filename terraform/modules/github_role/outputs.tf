output "arn" {
  description = "ARN of the role, for the workflow."
  value       = aws_iam_role.this.arn
}

output "subject" {
  description = "The subject of the tokens that may take the role."
  value       = local.subject
}
