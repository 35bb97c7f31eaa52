# Production in AWS: network, cluster, database, cache, buckets with a CDN, registry, roles. What runs in the cluster is
# terraform/platform, which is applied after this.

locals {
  name       = "heart-to-heart-production"
  account_id = data.aws_caller_identity.current.account_id

  # All pods have the security group of their nodes, so that those of all namespaces reach the ports of both, which ask for a
  # password. The network policies of the chart say which of the server's pods connect.
  clients = { cluster = module.cluster.security_group_id }
}

data "aws_caller_identity" "current" {}

module "key" {
  source     = "../modules/key"
  name       = local.name
  account_id = local.account_id
  region     = var.region
}

module "network" {
  source             = "../modules/network"
  name               = local.name
  availability_zones = var.availability_zones
  nat_gateways       = 3
  kms_key_arn        = module.key.arn

  # Images of containers, roles and secrets do not cross the internet, and pods start without a NAT gateway.
  interface_endpoints = ["ecr.api", "ecr.dkr", "eks-auth", "secretsmanager", "sts"]

  # By which the load balancer controller finds the subnets of public and of internal load balancers.
  public_subnet_tags  = { "kubernetes.io/role/elb" = "1", "kubernetes.io/cluster/${local.name}" = "shared" }
  private_subnet_tags = { "kubernetes.io/role/internal-elb" = "1", "kubernetes.io/cluster/${local.name}" = "shared" }
}

locals {
  private_subnets = zipmap(var.availability_zones, module.network.private_subnet_ids)

  # One group in each zone, since a disk stays in its zone and so does the pod that uses it.
  on_demand_groups = {
    for zone, subnet in local.private_subnets :
    "on-demand-${zone}" => merge(var.on_demand_nodes, { capacity_type = "ON_DEMAND", subnet_ids = [subnet] })
  }

  spot_group = { spot = merge(var.spot_nodes, { capacity_type = "SPOT", subnet_ids = module.network.private_subnet_ids }) }
}

module "cluster" {
  source             = "../modules/cluster"
  name               = local.name
  kubernetes_version = var.kubernetes_version
  subnet_ids         = module.network.private_subnet_ids
  api_allowed_cidrs  = var.api_allowed_cidrs
  administrator_arns = var.administrator_arns
  node_groups        = merge(local.on_demand_groups, local.spot_group)
  kms_key_arn        = module.key.arn
}
