# What runs in the cluster of production besides the server: controllers, monitoring, logs, Argo CD. Nothing here has a load
# balancer: operators reach it by `kubectl port-forward` (docs/production.md).
#
# Each release's values are values/NAME.yaml. Roles of AWS are in roles.tf.

locals {
  account_id = data.aws_caller_identity.current.account_id
  cluster    = { name = data.aws_eks_cluster.this.name, arn = data.aws_eks_cluster.this.arn }

  values = { for file in fileset("${path.module}/values", "*.yaml") : trimsuffix(file, ".yaml") => yamldecode(file("${path.module}/values/${file}")) }

  # Files of logs and Argo CD's Applications lie beside the server's chart.
  logs         = "${path.module}/../../k8s/logs"
  applications = "${path.module}/../../k8s/argocd"
}

data "aws_caller_identity" "current" {}

data "aws_eks_cluster" "this" {
  name = var.cluster_name
}

data "aws_kms_alias" "this" {
  name = "alias/${var.cluster_name}"
}

locals {
  # The strictest policy that the pods of each namespace keep (Pod Security Standards). What reads the nodes needs the last:
  # Fluent Bit, which needs what ECK makes in `logging` too, and node-exporter.
  namespaces = {
    argocd           = "restricted"
    elastic-system   = "restricted"
    external-secrets = "restricted"
    heart            = "restricted"
    logging          = "privileged"
    monitoring       = "privileged"
  }
}

resource "kubernetes_namespace_v1" "this" {
  for_each = local.namespaces

  metadata {
    name = each.key

    # The second: a new pod counts as ready when its load balancer sends requests to it, so that a rollout waits for it.
    labels = merge(
      { "pod-security.kubernetes.io/enforce" = each.value },
      each.key == "heart" ? { "elbv2.k8s.aws/pod-readiness-gate-inject" = "enabled" } : {},
    )
  }
}

# Before the pods that they are about.
resource "helm_release" "network_policies" {
  name      = "network-policies"
  namespace = "monitoring"
  chart     = "${path.module}/charts/manifests"
  values    = [yamlencode({ manifests = local.network_policies })]

  depends_on = [kubernetes_namespace_v1.this]
}

# Disks of pods. They stay when a claim is deleted by mistake.
resource "kubernetes_storage_class_v1" "gp3" {
  storage_provisioner    = "ebs.csi.aws.com"
  reclaim_policy         = "Retain"
  volume_binding_mode    = "WaitForFirstConsumer"
  allow_volume_expansion = true
  parameters             = { type = "gp3", encrypted = "true" }

  metadata {
    name        = "gp3"
    annotations = { "storageclass.kubernetes.io/is-default-class" = "true" }
  }
}

# Kinds that the monitors of all other releases are of.
module "kinds" {
  source         = "../modules/releases"
  values_folders = ["${path.module}/values"]

  charts = {
    prometheus-operator-crds = { repository = "https://prometheus-community.github.io/helm-charts", version = "31.0.1", namespace = "monitoring" }
  }

  depends_on = [kubernetes_namespace_v1.this, helm_release.network_policies]
}

module "controllers" {
  source         = "../modules/releases"
  values_folders = ["${path.module}/values"]

  charts = {
    aws-load-balancer-controller = {
      repository = "https://aws.github.io/eks-charts"
      version    = "3.5.0"
      namespace  = "kube-system"
      set        = { clusterName = var.cluster_name, region = var.region, vpcId = data.aws_eks_cluster.this.vpc_config[0].vpc_id }
    }
    cluster-autoscaler = {
      repository = "https://kubernetes.github.io/autoscaler"
      version    = "9.59.0"
      namespace  = "kube-system"
      set        = { "autoDiscovery.clusterName" = var.cluster_name, awsRegion = var.region }
    }
    external-dns = {
      repository = "https://kubernetes-sigs.github.io/external-dns"
      version    = "1.21.1"
      namespace  = "kube-system"
      set        = { txtOwnerId = var.cluster_name, "domainFilters[0]" = var.domain_name, "extraArgs.zone-id-filter" = var.hosted_zone_id }
    }
    external-secrets = { repository = "https://charts.external-secrets.io", version = "2.9.0", namespace = "external-secrets" }
    metrics-server   = { repository = "https://kubernetes-sigs.github.io/metrics-server", version = "3.13.1", namespace = "kube-system" }
  }

  depends_on = [module.kinds, module.roles]
}

# Where secrets come from, and those of the releases below. The server's own is in its chart.
resource "helm_release" "secrets" {
  name      = "secrets"
  namespace = "external-secrets"
  chart     = "${path.module}/charts/manifests"
  values    = [yamlencode({ manifests = local.secrets })]

  depends_on = [module.controllers]
}

module "monitoring" {
  source         = "../modules/releases"
  values_folders = ["${path.module}/values"]

  charts = {
    kube-prometheus-stack = {
      repository = "https://prometheus-community.github.io/helm-charts"
      version    = "88.5.3"
      namespace  = "monitoring"
      values     = yamlencode({ alertmanager = { config = local.alertmanager } })
    }
  }

  depends_on = [helm_release.secrets, kubernetes_storage_class_v1.gp3]
}

module "tools" {
  source         = "../modules/releases"
  values_folders = ["${path.module}/values"]

  charts = {
    argo-cd            = { repository = "https://argoproj.github.io/argo-helm", version = "10.1.1", namespace = "argocd" }
    eck-operator       = { repository = "https://helm.elastic.co", version = "3.5.0", namespace = "elastic-system" }
    kube-ops-view      = { repository = "https://charts.christianhuth.de", version = "8.3.3", namespace = "monitoring" }
    prometheus-adapter = { repository = "https://prometheus-community.github.io/helm-charts", version = "5.3.0", namespace = "monitoring" }
  }

  depends_on = [module.monitoring]
}

# Argo CD's own objects: from here on it installs the server, and whatever the repository says (k8s/argocd).
resource "helm_release" "applications" {
  name      = "applications"
  namespace = "argocd"
  chart     = "${path.module}/charts/manifests"
  values    = [yamlencode({ manifests = local.application_manifests })]

  # The secret of its notifications is one of external-secrets.
  depends_on = [module.tools, helm_release.secrets]
}

module "elasticsearch" {
  source         = "../modules/releases"
  values_folders = ["${path.module}/values", local.logs]

  charts = {
    eck-stack = { repository = "https://helm.elastic.co", version = "0.20.0", namespace = "logging" }
  }

  depends_on = [module.tools, kubernetes_storage_class_v1.gp3]
}

module "logs" {
  source         = "../modules/releases"
  values_folders = ["${path.module}/values", local.logs]

  charts = {
    fluent-bit = {
      repository = "https://fluent.github.io/helm-charts"
      version    = "0.58.1"
      namespace  = "logging"
      set        = { "envWithTpl[0].name" = "ARCHIVE_BUCKET", "envWithTpl[0].value" = module.archive.name, "envWithTpl[1].name" = "AWS_REGION", "envWithTpl[1].value" = var.region }
    }
    prometheus-elasticsearch-exporter = { repository = "https://prometheus-community.github.io/helm-charts", version = "7.4.0", namespace = "logging" }
  }

  depends_on = [module.elasticsearch, module.roles]
}

locals {
  # Routes and receivers are those of the full stack on one machine; the webhook's address is a file of the secret.
  alertmanager = merge(yamldecode(file("${path.module}/../../deploy/monitoring/alertmanager.yml")), {
    global = { slack_api_url_file = "/etc/alertmanager/secrets/alertmanager-slack/slack-webhook-url" }
  })

  # Objects of the files, several in one between lines of "---".
  secrets = [for text in split("\n---\n", templatefile("${path.module}/manifests/secrets.yaml", { region = var.region })) : yamldecode(text)]

  network_policies = [for text in split("\n---\n", file("${path.module}/manifests/networkpolicies.yaml")) : yamldecode(text)]

  application_manifests = flatten([
    for file in sort(fileset(local.applications, "*.yaml")) : [for text in split("\n---\n", file("${local.applications}/${file}")) : yamldecode(text)]
  ])
}
