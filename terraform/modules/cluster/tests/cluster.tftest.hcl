mock_provider "aws" {
  mock_resource "aws_eks_cluster" {
    defaults = { arn = "arn:aws:eks:ap-northeast-2:123456789012:cluster/heart-to-heart-test" }
  }

  mock_resource "aws_eks_node_group" {
    defaults = { resources = [{ autoscaling_groups = [{ name = "group" }], remote_access_security_group_id = "" }] }
  }

  mock_resource "aws_launch_template" {
    defaults = { id = "lt-nodes", latest_version = 3 }
  }

  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::123456789012:role/mock" }
  }

  mock_data "aws_eks_addon_version" {
    defaults = { version = "v1.2.3-eksbuild.1" }
  }

  override_resource {
    target = aws_iam_role.node
    values = { arn = "arn:aws:iam::123456789012:role/node" }
  }
}

variables {
  name               = "heart-to-heart-test"
  kubernetes_version = "1.35"
  subnet_ids         = ["subnet-a", "subnet-b", "subnet-c"]
  administrator_arns = ["arn:aws:iam::123456789012:role/operators"]
  kms_key_arn        = "arn:aws:kms:ap-northeast-2:123456789012:key/mock"

  node_groups = {
    on-demand = { capacity_type = "ON_DEMAND", instance_types = ["m7i.xlarge"], minimum = 1, maximum = 2, subnet_ids = ["subnet-a"] }
    spot      = { capacity_type = "SPOT", instance_types = ["m7i.xlarge", "m6i.xlarge"], minimum = 0, maximum = 9, subnet_ids = ["subnet-a", "subnet-b"] }
  }
}

run "the_api_is_private_and_lets_in_administrators_only" {
  assert {
    condition     = aws_eks_cluster.this.vpc_config[0].endpoint_private_access && !aws_eks_cluster.this.vpc_config[0].endpoint_public_access
    error_message = "Without a list of networks, the API is private."
  }

  assert {
    condition     = aws_eks_cluster.this.access_config[0].authentication_mode == "API" && !aws_eks_cluster.this.access_config[0].bootstrap_cluster_creator_admin_permissions
    error_message = "Access entries alone must say who gets in."
  }

  assert {
    condition = [
      for link in aws_eks_access_policy_association.administrators : [link.principal_arn, link.policy_arn, link.access_scope[0].type]
    ] == [["arn:aws:iam::123456789012:role/operators", "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy", "cluster"]]
    error_message = "Administrators are those who were named."
  }
}

run "secrets_are_encrypted_and_the_api_writes_its_logs" {
  assert {
    condition     = aws_eks_cluster.this.encryption_config[0].resources == toset(["secrets"]) && aws_eks_cluster.this.encryption_config[0].provider[0].key_arn == var.kms_key_arn
    error_message = "Secrets of Kubernetes must be encrypted with our key."
  }

  assert {
    condition     = contains(aws_eks_cluster.this.enabled_cluster_log_types, "audit") && length(aws_eks_cluster.this.enabled_cluster_log_types) == 5
    error_message = "The audit log must say who did what."
  }

  assert {
    condition     = aws_cloudwatch_log_group.this.name == "/aws/eks/heart-to-heart-test/cluster" && aws_cloudwatch_log_group.this.kms_key_id == var.kms_key_arn && aws_cloudwatch_log_group.this.retention_in_days == 90
    error_message = "EKS must find the log group that is encrypted and expires."
  }

  assert {
    condition     = aws_eks_cluster.this.deletion_protection && aws_eks_cluster.this.upgrade_policy[0].support_type == "STANDARD"
    error_message = "The cluster is not deleted by mistake, and not kept on a version of extended support."
  }
}

run "nodes" {
  assert {
    condition     = aws_launch_template.node.metadata_options[0].http_tokens == "required" && aws_launch_template.node.metadata_options[0].http_put_response_hop_limit == 1
    error_message = "Pods must not get the role of their node from its metadata."
  }

  assert {
    condition     = tobool(aws_launch_template.node.block_device_mappings[0].ebs[0].encrypted) && aws_launch_template.node.block_device_mappings[0].ebs[0].volume_type == "gp3"
    error_message = "Disks must be encrypted."
  }

  assert {
    condition     = { for name, group in aws_eks_node_group.this : name => group.capacity_type } == { on-demand = "ON_DEMAND", spot = "SPOT" }
    error_message = "Groups are of the capacity that was asked for."
  }

  assert {
    condition     = alltrue([for group in aws_eks_node_group.this : group.launch_template[0].id == "lt-nodes" && group.launch_template[0].version == "3" && group.node_role_arn == "arn:aws:iam::123456789012:role/node"])
    error_message = "All nodes are started by the template, with the role of nodes."
  }

  assert {
    condition     = toset([for attachment in aws_iam_role_policy_attachment.node : attachment.policy_arn if strcontains(attachment.policy_arn, "CNI") || strcontains(attachment.policy_arn, "FullAccess")]) == toset([])
    error_message = "What pods do is not a right of nodes."
  }
}

run "the_autoscaler_finds_the_groups" {
  assert {
    condition = toset([for tag in aws_autoscaling_group_tag.this : "${tag.tag[0].key}=${tag.tag[0].value}"]) == toset([
      "k8s.io/cluster-autoscaler/enabled=true",
      "k8s.io/cluster-autoscaler/heart-to-heart-test=owned",
    ]) && length(aws_autoscaling_group_tag.this) == 4
    error_message = "Each group must have both tags."
  }

  assert {
    condition     = alltrue([for tag in aws_autoscaling_group_tag.this : tag.autoscaling_group_name == "group"])
    error_message = "The tags must be those of the Auto Scaling groups, which the autoscaler reads."
  }
}

run "add_ons" {
  assert {
    condition     = toset(concat(keys(aws_eks_addon.before_nodes), keys(aws_eks_addon.on_nodes))) == toset(["aws-ebs-csi-driver", "coredns", "eks-pod-identity-agent", "kube-proxy", "vpc-cni"])
    error_message = "The cluster needs a network, names, disks and roles of pods."
  }

  assert {
    condition     = alltrue([for addon in merge(aws_eks_addon.before_nodes, aws_eks_addon.on_nodes) : addon.addon_version == "v1.2.3-eksbuild.1"])
    error_message = "Versions of add-ons are those for the version of the cluster."
  }

  assert {
    condition     = jsondecode(aws_eks_addon.before_nodes["vpc-cni"].configuration_values).enableNetworkPolicy == "true"
    error_message = "Network policies must be enforced."
  }

  assert {
    condition = [module.network_role.pods.service_account, module.network_role.pods.managed_policy, module.disk_role.pods.service_account, module.disk_role.pods.managed_policy] == [
      "kube-system/aws-node", "arn:aws:iam::aws:policy/AmazonEKS_CNI_Policy",
      "kube-system/ebs-csi-controller-sa", "arn:aws:iam::aws:policy/service-role/AmazonEBSCSIDriverPolicy",
    ]
    error_message = "Add-ons that call AWS have roles of their own."
  }
}

run "listed_networks_reach_the_api" {
  variables {
    api_allowed_cidrs = ["203.0.113.7/32"]
  }

  assert {
    condition     = aws_eks_cluster.this.vpc_config[0].endpoint_public_access && aws_eks_cluster.this.vpc_config[0].public_access_cidrs == toset(["203.0.113.7/32"])
    error_message = "The listed networks, and no others, reach the API."
  }
}

run "an_api_for_everybody_is_refused" {
  command = plan

  variables {
    api_allowed_cidrs = ["0.0.0.0/0"]
  }

  expect_failures = [var.api_allowed_cidrs]
}

run "a_cluster_without_administrators_is_refused" {
  command = plan

  variables {
    administrator_arns = []
  }

  expect_failures = [var.administrator_arns]
}

run "a_cluster_of_spot_nodes_alone_is_refused" {
  command = plan

  variables {
    node_groups = {
      spot = { capacity_type = "SPOT", instance_types = ["m7i.xlarge"], minimum = 1, maximum = 9, subnet_ids = ["subnet-a"] }
    }
  }

  expect_failures = [var.node_groups]
}
