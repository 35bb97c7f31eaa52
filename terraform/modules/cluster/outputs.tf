output "identity" {
  description = "Name and ARN of the cluster, for roles of its pods."
  value       = local.cluster
}

output "security_group_id" {
  description = "Security group of all nodes."
  value       = aws_eks_cluster.this.vpc_config[0].cluster_security_group_id
}

# For the tests of roots that use this module.
output "node_groups" {
  description = "What the groups of nodes are."
  value = {
    for name, group in aws_eks_node_group.this : name => {
      capacity_type = group.capacity_type
      subnet_ids    = group.subnet_ids
      minimum       = group.scaling_config[0].min_size
      maximum       = group.scaling_config[0].max_size
    }
  }
}

output "api" {
  description = "Who reaches the API: whether it is public, from which networks, and who administers the cluster."
  value = {
    public         = aws_eks_cluster.this.vpc_config[0].endpoint_public_access
    cidrs          = var.api_allowed_cidrs
    administrators = [for entry in aws_eks_access_entry.administrators : entry.principal_arn]
  }
}
