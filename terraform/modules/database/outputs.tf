output "address" {
  description = "Host name of the database."
  value       = aws_db_instance.this.address
}

output "replica_addresses" {
  description = "Host names of the read replicas."
  value       = aws_db_instance.replica[*].address
}

output "security_group_id" {
  description = "Security group of the database."
  value       = aws_security_group.this.id
}

output "master_secret_arn" {
  description = "Secret with the master password, which changes every week. For operators, never for the server."
  value       = local.master_secret_arn
}

# For the tests of roots that use this module.
output "machines" {
  description = "What the primary and the replicas are."
  value = {
    primary = {
      class    = aws_db_instance.this.instance_class
      multi_az = aws_db_instance.this.multi_az
      public   = aws_db_instance.this.publicly_accessible
      backups  = aws_db_instance.this.backup_retention_period
      subnets  = aws_db_subnet_group.this.subnet_ids
    }
    replicas = [for replica in aws_db_instance.replica : { of = replica.replicate_source_db, public = replica.publicly_accessible, class = replica.instance_class }]
  }
}
