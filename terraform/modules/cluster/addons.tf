locals {
  cluster = { name = aws_eks_cluster.this.name, arn = aws_eks_cluster.this.arn }

  # What a node needs to be ready, with their configurations.
  addons_before_nodes = {
    eks-pod-identity-agent = {}
    kube-proxy             = {}
    vpc-cni                = { enableNetworkPolicy = "true" }
  }

  # What needs nodes.
  addons_on_nodes = {
    aws-ebs-csi-driver = {}
    coredns            = {}
  }

  addon_versions = { for name, addon in data.aws_eks_addon_version.this : name => addon.version }
}

# The version that EKS recommends for the version of the cluster. A plan shows when there is a newer one.
data "aws_eks_addon_version" "this" {
  for_each           = merge(local.addons_before_nodes, local.addons_on_nodes)
  addon_name         = each.key
  kubernetes_version = aws_eks_cluster.this.version
}

resource "aws_eks_addon" "before_nodes" {
  for_each                    = local.addons_before_nodes
  cluster_name                = aws_eks_cluster.this.name
  addon_name                  = each.key
  addon_version               = local.addon_versions[each.key]
  configuration_values        = jsonencode(each.value)
  resolve_conflicts_on_create = "OVERWRITE"
  resolve_conflicts_on_update = "OVERWRITE"

  depends_on = [module.network_role]
}

resource "aws_eks_addon" "on_nodes" {
  for_each                    = local.addons_on_nodes
  cluster_name                = aws_eks_cluster.this.name
  addon_name                  = each.key
  addon_version               = local.addon_versions[each.key]
  configuration_values        = jsonencode(each.value)
  resolve_conflicts_on_create = "OVERWRITE"
  resolve_conflicts_on_update = "OVERWRITE"

  depends_on = [aws_eks_node_group.this, module.disk_role]
}

module "network_role" {
  source             = "../pod_role"
  cluster            = local.cluster
  namespace          = "kube-system"
  service_account    = "aws-node"
  managed_policy_arn = "arn:aws:iam::aws:policy/AmazonEKS_CNI_Policy"
}

module "disk_role" {
  source             = "../pod_role"
  cluster            = local.cluster
  namespace          = "kube-system"
  service_account    = "ebs-csi-controller-sa"
  managed_policy_arn = "arn:aws:iam::aws:policy/service-role/AmazonEBSCSIDriverPolicy"
}
