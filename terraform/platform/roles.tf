# What the pods of each controller may do in AWS. Service accounts are named by the values of their releases, so that both
# agree.

locals {
  arns = {
    elb     = "arn:aws:elasticloadbalancing:${var.region}:${local.account_id}"
    ec2     = "arn:aws:ec2:${var.region}:${local.account_id}"
    secrets = "arn:aws:secretsmanager:${var.region}:${local.account_id}:secret:heart/production/*"
    zone    = "arn:aws:route53:::hostedzone/${var.hosted_zone_id}"
  }

  # Its own load balancers have the tag, with the name of the cluster, from their creation on.
  owned   = { StringEquals = { "aws:ResourceTag/elbv2.k8s.aws/cluster" = var.cluster_name } }
  created = { StringEquals = { "aws:RequestTag/elbv2.k8s.aws/cluster" = var.cluster_name } }

  load_balancers = ["${local.arns.elb}:loadbalancer/app/*", "${local.arns.elb}:loadbalancer/net/*"]
  listeners      = ["${local.arns.elb}:listener/app/*", "${local.arns.elb}:listener/net/*", "${local.arns.elb}:listener-rule/app/*", "${local.arns.elb}:listener-rule/net/*"]
  target_groups  = ["${local.arns.elb}:targetgroup/*"]

  roles = {
    aws-load-balancer-controller = {
      namespace       = "kube-system"
      service_account = local.values["aws-load-balancer-controller"].serviceAccount.name
      statements = [
        {
          Sid    = "Look"
          Effect = "Allow"
          Action = [
            "acm:DescribeCertificate", "acm:ListCertificates",
            "ec2:DescribeAccountAttributes", "ec2:DescribeAddresses", "ec2:DescribeAvailabilityZones", "ec2:DescribeInstances",
            "ec2:DescribeInternetGateways", "ec2:DescribeNetworkInterfaces", "ec2:DescribeRouteTables", "ec2:DescribeSecurityGroups",
            "ec2:DescribeSubnets", "ec2:DescribeTags", "ec2:DescribeVpcPeeringConnections", "ec2:DescribeVpcs", "ec2:GetSecurityGroupsForVpc",
            "elasticloadbalancing:DescribeCapacityReservation", "elasticloadbalancing:DescribeListenerAttributes",
            "elasticloadbalancing:DescribeListenerCertificates", "elasticloadbalancing:DescribeListeners",
            "elasticloadbalancing:DescribeLoadBalancerAttributes", "elasticloadbalancing:DescribeLoadBalancers",
            "elasticloadbalancing:DescribeRules", "elasticloadbalancing:DescribeSSLPolicies", "elasticloadbalancing:DescribeTags",
            "elasticloadbalancing:DescribeTargetGroupAttributes", "elasticloadbalancing:DescribeTargetGroups",
            "elasticloadbalancing:DescribeTargetHealth", "elasticloadbalancing:DescribeTrustStores",
          ]
          Resource = ["*"]
        },
        {
          Sid       = "FirstLoadBalancerOfTheAccount"
          Effect    = "Allow"
          Action    = ["iam:CreateServiceLinkedRole"]
          Resource  = ["arn:aws:iam::${local.account_id}:role/aws-service-role/elasticloadbalancing.amazonaws.com/*"]
          Condition = { StringEquals = { "iam:AWSServiceName" = "elasticloadbalancing.amazonaws.com" } }
        },
        {
          Sid       = "CreateLoadBalancers"
          Effect    = "Allow"
          Action    = ["elasticloadbalancing:CreateLoadBalancer", "elasticloadbalancing:CreateTargetGroup"]
          Resource  = concat(local.load_balancers, local.target_groups)
          Condition = local.created
        },
        {
          # With their creation only, or it could tag somebody else's and then change them.
          Sid      = "TagNewLoadBalancers"
          Effect   = "Allow"
          Action   = ["elasticloadbalancing:AddTags"]
          Resource = concat(local.load_balancers, local.target_groups)
          Condition = {
            StringEquals = merge(local.created.StringEquals, { "elasticloadbalancing:CreateAction" = ["CreateLoadBalancer", "CreateTargetGroup"] })
          }
        },
        {
          Sid    = "ChangeItsLoadBalancers"
          Effect = "Allow"
          Action = [
            "elasticloadbalancing:AddTags", "elasticloadbalancing:RemoveTags",
            "elasticloadbalancing:DeleteLoadBalancer", "elasticloadbalancing:DeleteTargetGroup",
            "elasticloadbalancing:ModifyLoadBalancerAttributes", "elasticloadbalancing:ModifyTargetGroup",
            "elasticloadbalancing:ModifyTargetGroupAttributes", "elasticloadbalancing:SetIpAddressType",
            "elasticloadbalancing:SetSecurityGroups", "elasticloadbalancing:SetSubnets",
            "elasticloadbalancing:RegisterTargets", "elasticloadbalancing:DeregisterTargets",
            "elasticloadbalancing:CreateListener", "elasticloadbalancing:DeleteListener", "elasticloadbalancing:ModifyListener",
            "elasticloadbalancing:ModifyListenerAttributes", "elasticloadbalancing:AddListenerCertificates",
            "elasticloadbalancing:RemoveListenerCertificates", "elasticloadbalancing:CreateRule", "elasticloadbalancing:DeleteRule",
            "elasticloadbalancing:ModifyRule", "elasticloadbalancing:SetRulePriorities",
          ]
          Resource  = concat(local.load_balancers, local.listeners, local.target_groups)
          Condition = local.owned
        },
        {
          # A listener gets its tags with its creation, when it has none yet.
          Sid      = "TagNewListeners"
          Effect   = "Allow"
          Action   = ["elasticloadbalancing:AddTags"]
          Resource = local.listeners
          Condition = {
            StringEquals = merge(local.created.StringEquals, { "elasticloadbalancing:CreateAction" = ["CreateListener", "CreateRule"] })
          }
        },
        {
          Sid      = "CreateSecurityGroups"
          Effect   = "Allow"
          Action   = ["ec2:CreateSecurityGroup"]
          Resource = ["${local.arns.ec2}:security-group/*", "${local.arns.ec2}:vpc/${data.aws_eks_cluster.this.vpc_config[0].vpc_id}"]
        },
        {
          Sid       = "TagNewSecurityGroups"
          Effect    = "Allow"
          Action    = ["ec2:CreateTags"]
          Resource  = ["${local.arns.ec2}:security-group/*"]
          Condition = { StringEquals = merge(local.created.StringEquals, { "ec2:CreateAction" = "CreateSecurityGroup" }) }
        },
        {
          Sid       = "ChangeItsSecurityGroups"
          Effect    = "Allow"
          Action    = ["ec2:CreateTags", "ec2:DeleteTags", "ec2:DeleteSecurityGroup"]
          Resource  = ["${local.arns.ec2}:security-group/*"]
          Condition = local.owned
        },
        {
          # Its own groups, and that of the nodes, which must let its load balancers in.
          Sid       = "OpenSecurityGroups"
          Effect    = "Allow"
          Action    = ["ec2:AuthorizeSecurityGroupIngress", "ec2:RevokeSecurityGroupIngress"]
          Resource  = ["${local.arns.ec2}:security-group/*"]
          Condition = local.owned
        },
        {
          Sid       = "OpenTheGroupOfTheNodes"
          Effect    = "Allow"
          Action    = ["ec2:AuthorizeSecurityGroupIngress", "ec2:RevokeSecurityGroupIngress"]
          Resource  = ["${local.arns.ec2}:security-group/*"]
          Condition = { StringEquals = { "aws:ResourceTag/kubernetes.io/cluster/${var.cluster_name}" = "owned" } }
        },
      ]
    }

    cluster-autoscaler = {
      namespace       = "kube-system"
      service_account = local.values["cluster-autoscaler"].rbac.serviceAccount.name
      statements = [
        {
          Sid    = "Look"
          Effect = "Allow"
          Action = [
            "autoscaling:DescribeAutoScalingGroups", "autoscaling:DescribeAutoScalingInstances", "autoscaling:DescribeLaunchConfigurations",
            "autoscaling:DescribeScalingActivities", "autoscaling:DescribeTags", "ec2:DescribeImages", "ec2:DescribeInstanceTypes",
            "ec2:DescribeLaunchTemplateVersions", "ec2:GetInstanceTypesFromInstanceRequirements",
          ]
          Resource = ["*"]
        },
        {
          Sid      = "LookAtNodeGroups"
          Effect   = "Allow"
          Action   = ["eks:DescribeNodegroup"]
          Resource = ["arn:aws:eks:${var.region}:${local.account_id}:nodegroup/${var.cluster_name}/*"]
        },
        {
          Sid      = "ChangeGroupsOfThisCluster"
          Effect   = "Allow"
          Action   = ["autoscaling:SetDesiredCapacity", "autoscaling:TerminateInstanceInAutoScalingGroup"]
          Resource = ["arn:aws:autoscaling:${var.region}:${local.account_id}:autoScalingGroup:*:autoScalingGroupName/*"]
          Condition = {
            StringEquals = {
              "aws:ResourceTag/k8s.io/cluster-autoscaler/enabled"             = "true"
              "aws:ResourceTag/k8s.io/cluster-autoscaler/${var.cluster_name}" = "owned"
            }
          }
        },
      ]
    }

    external-dns = {
      namespace       = "kube-system"
      service_account = local.values["external-dns"].serviceAccount.name
      statements = [
        {
          Sid      = "Look"
          Effect   = "Allow"
          Action   = ["route53:ListHostedZones", "route53:ListTagsForResources"]
          Resource = ["*"]
        },
        {
          Sid      = "LookAtTheZone"
          Effect   = "Allow"
          Action   = ["route53:ListResourceRecordSets"]
          Resource = [local.arns.zone]
        },
        {
          # The names of load balancers, and the records by which it knows that they are its own.
          Sid      = "ChangeItsRecords"
          Effect   = "Allow"
          Action   = ["route53:ChangeResourceRecordSets"]
          Resource = [local.arns.zone]
          Condition = {
            "ForAllValues:StringLike" = {
              "route53:ChangeResourceRecordSetsNormalizedRecordNames" = [
                var.domain_name, "api.${var.domain_name}", "admin.${var.domain_name}", "external-dns-*.${var.domain_name}",
              ]
            }
            "ForAllValues:StringEquals" = { "route53:ChangeResourceRecordSetsRecordTypes" = ["A", "AAAA", "TXT"] }
          }
        },
      ]
    }

    external-secrets = {
      namespace       = "external-secrets"
      service_account = local.values["external-secrets"].serviceAccount.name
      statements = [
        {
          Sid      = "ReadSecretsOfProduction"
          Effect   = "Allow"
          Action   = ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"]
          Resource = [local.arns.secrets]
        },
        {
          Sid       = "DecryptThem"
          Effect    = "Allow"
          Action    = ["kms:Decrypt"]
          Resource  = [data.aws_kms_alias.this.target_key_arn]
          Condition = { StringEquals = { "kms:ViaService" = "secretsmanager.${var.region}.amazonaws.com" } }
        },
      ]
    }

    fluent-bit = {
      namespace       = "logging"
      service_account = local.values["fluent-bit"].serviceAccount.name
      statements = [
        {
          Sid      = "ArchiveLogs"
          Effect   = "Allow"
          Action   = ["s3:PutObject"]
          Resource = ["${module.archive.arn}/*"]
        },
        {
          Sid       = "EncryptThem"
          Effect    = "Allow"
          Action    = ["kms:GenerateDataKey"]
          Resource  = [data.aws_kms_alias.this.target_key_arn]
          Condition = { StringEquals = { "kms:ViaService" = "s3.${var.region}.amazonaws.com" } }
        },
      ]
    }
  }
}

module "roles" {
  source            = "../modules/pod_role"
  for_each          = local.roles
  cluster           = local.cluster
  namespace         = each.value.namespace
  service_account   = each.value.service_account
  policy_statements = each.value.statements
}

# Logs outlive the oldest backup of the database, since they say whom to erase again after it is restored (docs/backup.md).
# Nothing in the cluster can read or delete them.
module "archive" {
  source      = "../modules/bucket"
  name        = "${var.cluster_name}-logs-${local.account_id}"
  kms_key_arn = data.aws_kms_alias.this.target_key_arn
  expiration  = { "" = 40 }

  # Whoever may write can write over a file, too.
  versioning = true
}
