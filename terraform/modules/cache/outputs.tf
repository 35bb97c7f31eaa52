output "address" {
  description = "Host name of the primary, whichever machine that is."
  value       = aws_elasticache_replication_group.this.primary_endpoint_address
}

output "replication_group_id" {
  description = "Identifier of the replication group, for setting its password."
  value       = aws_elasticache_replication_group.this.replication_group_id
}

# For the tests of roots that use this module.
output "group" {
  description = "What the replication group is."
  value = {
    nodes    = aws_elasticache_replication_group.this.num_cache_clusters
    failover = aws_elasticache_replication_group.this.automatic_failover_enabled && aws_elasticache_replication_group.this.multi_az_enabled
    tls      = aws_elasticache_replication_group.this.transit_encryption_mode
    clients  = [for rule in aws_vpc_security_group_ingress_rule.clients : rule.referenced_security_group_id]
    subnets  = aws_elasticache_subnet_group.this.subnet_ids
  }
}
