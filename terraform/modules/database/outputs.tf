output "address" {
  description = "Host name of the database."
  value       = aws_db_instance.this.address
}

output "security_group_id" {
  description = "Security group of the database."
  value       = aws_security_group.this.id
}

output "master_secret_arn" {
  description = "Secret with the master password, which RDS rotates. For operators, never for the server."
  value       = one(aws_db_instance.this.master_user_secret[*].secret_arn)
}
