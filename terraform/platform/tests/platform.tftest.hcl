# What runs in the cluster, on providers that make nothing.

mock_provider "kubernetes" {}

mock_provider "helm" {}

mock_provider "aws" {
  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }

  mock_data "aws_eks_cluster" {
    defaults = {
      arn                   = "arn:aws:eks:ap-northeast-2:123456789012:cluster/heart-to-heart-production"
      name                  = "heart-to-heart-production"
      endpoint              = "https://mock.eks.amazonaws.com"
      certificate_authority = [{ data = "bW9jaw==" }]
      vpc_config            = [{ vpc_id = "vpc-1", cluster_security_group_id = "sg-cluster", endpoint_private_access = true, endpoint_public_access = false, public_access_cidrs = [], security_group_ids = [], subnet_ids = [] }]
    }
  }

  mock_data "aws_kms_alias" {
    defaults = { target_key_arn = "arn:aws:kms:ap-northeast-2:123456789012:key/mock" }
  }

  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::123456789012:role/mock", id = "mock" }
  }

  override_resource {
    target = module.archive.aws_s3_bucket.this
    values = { arn = "arn:aws:s3:::logs", id = "logs" }
  }
}

variables {
  domain_name    = "heart.example"
  hosted_zone_id = "Z0123456789ABC"
}

run "the_releases_have_exact_versions" {
  assert {
    condition = {
      for name, release in merge(module.kinds.releases, module.controllers.releases, module.monitoring.releases, module.tools.releases, module.elasticsearch.releases, module.logs.releases) :
      name => "${release.namespace} ${release.version}"
      } == {
      argo-cd                           = "argocd 10.1.1"
      aws-load-balancer-controller      = "kube-system 3.5.0"
      cluster-autoscaler                = "kube-system 9.59.0"
      eck-operator                      = "elastic-system 3.5.0"
      eck-stack                         = "logging 0.20.0"
      external-dns                      = "kube-system 1.21.1"
      external-secrets                  = "external-secrets 2.9.0"
      fluent-bit                        = "logging 0.58.1"
      kube-ops-view                     = "monitoring 8.3.3"
      kube-prometheus-stack             = "monitoring 88.5.3"
      metrics-server                    = "kube-system 3.13.1"
      prometheus-adapter                = "monitoring 5.3.0"
      prometheus-elasticsearch-exporter = "logging 7.4.0"
      prometheus-operator-crds          = "monitoring 31.0.1"
    }
    error_message = "These versions were rendered with these values; render them again before another one."
  }

  assert {
    condition = alltrue([
      for release in merge(module.kinds.releases, module.controllers.releases, module.monitoring.releases, module.tools.releases, module.elasticsearch.releases, module.logs.releases) :
      startswith(release.repository, "https://") && length(release.values) > 0
    ])
    error_message = "Each release has a repository and its file of values."
  }

  assert {
    condition = toset(keys(local.values)) == toset(keys(merge(
      module.kinds.releases, module.controllers.releases, module.monitoring.releases, module.tools.releases, module.elasticsearch.releases, module.logs.releases,
    )))
    error_message = "No file of values may be without a release."
  }
}

run "nothing_is_public" {
  assert {
    condition     = alltrue([for name, values in local.values : !can(regex("LoadBalancer|NodePort|internet-facing", yamlencode(values)))])
    error_message = "No tool may have a load balancer of its own."
  }

  assert {
    condition     = alltrue([for name, values in local.values : !can(regex("ingress\"?:\\s*\\n\\s*\"?(enabled\"?: true|hosts)", yamlencode(values)))])
    error_message = "Operators reach tools by port-forward."
  }

  assert {
    condition     = { for name, namespace in kubernetes_namespace_v1.this : name => namespace.metadata[0].labels["pod-security.kubernetes.io/enforce"] if namespace.metadata[0].labels["pod-security.kubernetes.io/enforce"] == "privileged" } == { logging = "privileged", monitoring = "privileged" }
    error_message = "Only what reads the nodes may touch them."
  }

  assert {
    condition     = kubernetes_namespace_v1.this["heart"].metadata[0].labels["pod-security.kubernetes.io/enforce"] == "restricted" && kubernetes_namespace_v1.this["heart"].metadata[0].labels["elbv2.k8s.aws/pod-readiness-gate-inject"] == "enabled"
    error_message = "The server's pods are restricted, and ready when their load balancer says so."
  }
}

run "pods_are_reached_by_whom_policies_list" {
  assert {
    condition     = toset([for policy in local.network_policies : policy.metadata.namespace]) == toset(setsubtract(keys(local.namespaces), ["heart"]))
    error_message = "Each namespace has a policy; that of the server has those of its chart."
  }

  assert {
    condition     = alltrue([for policy in local.network_policies : length(policy.spec.podSelector) == 0 && policy.spec.policyTypes == ["Ingress"]])
    error_message = "All pods of a namespace are closed to what is not listed."
  }

  assert {
    condition = toset(flatten([
      for policy in local.network_policies : [for rule in policy.spec.ingress : [for port in rule.ports : "${policy.metadata.namespace} ${port.port}"] if !can(rule.from)]
    ])) == toset(["elastic-system 9443", "external-secrets 10250", "monitoring 10250", "monitoring 6443"])
    error_message = "Only what the API of the cluster calls is open to all."
  }

  assert {
    condition     = yamldecode(helm_release.network_policies.values[0]).manifests == local.network_policies
    error_message = "The release installs them."
  }
}

run "roles_belong_to_service_accounts" {
  assert {
    condition = { for name, role in module.roles : name => role.pods.service_account } == {
      aws-load-balancer-controller = "kube-system/aws-load-balancer-controller"
      cluster-autoscaler           = "kube-system/cluster-autoscaler"
      external-dns                 = "kube-system/external-dns"
      external-secrets             = "external-secrets/external-secrets"
      fluent-bit                   = "logging/fluent-bit"
    }
    error_message = "Each controller that calls AWS has a role of its own."
  }

  assert {
    condition = alltrue([
      for name, role in local.roles :
      merge(module.controllers.releases, module.logs.releases)[name].namespace == role.namespace
    ])
    error_message = "The service account is where the release is."
  }

  assert {
    condition     = alltrue([for role in module.roles : role.pods.cluster == "heart-to-heart-production"])
    error_message = "Roles are for the pods of this cluster."
  }

  assert {
    condition = alltrue(flatten([
      for role in local.roles : [for statement in role.statements : [for action in statement.Action : !strcontains(action, "*")]]
    ]))
    error_message = "No role may do anything by wildcard."
  }

  assert {
    condition = alltrue(flatten([
      for role in local.roles : [for statement in role.statements : [
        for action in statement.Action : can(regex(":(Describe|List|Get)", action))
      ] if contains(statement.Resource, "*")]
    ]))
    error_message = "Only actions that change nothing may apply to all."
  }
}

run "what_the_autoscaler_may_do" {
  assert {
    condition = [
      for statement in local.roles["cluster-autoscaler"].statements : statement.Condition.StringEquals if statement.Sid == "ChangeGroupsOfThisCluster"
      ] == [{
        "aws:ResourceTag/k8s.io/cluster-autoscaler/enabled"                   = "true"
        "aws:ResourceTag/k8s.io/cluster-autoscaler/heart-to-heart-production" = "owned"
    }]
    error_message = "It changes the groups of this cluster only, by the tags that modules/cluster gives them."
  }

  assert {
    condition     = module.controllers.releases["cluster-autoscaler"].set == tomap({ "autoDiscovery.clusterName" = "heart-to-heart-production", awsRegion = "ap-northeast-2" })
    error_message = "It must know its cluster."
  }

  assert {
    condition     = startswith(local.values["cluster-autoscaler"].image.tag, "v1.35.")
    error_message = "It is of the minor version of the cluster: terraform/production, kubernetes_version."
  }
}

run "what_the_load_balancer_controller_may_do" {
  assert {
    condition = alltrue([
      for statement in local.roles["aws-load-balancer-controller"].statements : can(statement.Condition) || contains(["Look", "CreateSecurityGroups"], statement.Sid)
    ])
    error_message = "It changes its own load balancers only."
  }

  assert {
    condition = alltrue([
      for statement in local.roles["aws-load-balancer-controller"].statements :
      try(statement.Condition.StringEquals["aws:ResourceTag/elbv2.k8s.aws/cluster"] == "heart-to-heart-production", false)
      || (
        try(statement.Condition.StringEquals["aws:RequestTag/elbv2.k8s.aws/cluster"] == "heart-to-heart-production", false)
        && anytrue([for key in ["elasticloadbalancing:CreateAction", "ec2:CreateAction"] : can(statement.Condition.StringEquals[key])])
      )
      if anytrue([for action in statement.Action : contains(["elasticloadbalancing:AddTags", "ec2:CreateTags"], action)])
    ])
    error_message = "It tags what it creates or owns; with the tag on anything else it could own all."
  }

  assert {
    condition = [
      for statement in local.roles["aws-load-balancer-controller"].statements : statement.Resource if statement.Sid == "CreateSecurityGroups"
    ] == [["arn:aws:ec2:ap-northeast-2:123456789012:security-group/*", "arn:aws:ec2:ap-northeast-2:123456789012:vpc/vpc-1"]]
    error_message = "It makes security groups in the network of the cluster only."
  }

  assert {
    condition     = module.controllers.releases["aws-load-balancer-controller"].set == tomap({ clusterName = "heart-to-heart-production", region = "ap-northeast-2", vpcId = "vpc-1" })
    error_message = "It cannot ask the metadata of its node, so it must be told."
  }

  assert {
    condition     = !local.values["aws-load-balancer-controller"].enableServiceMutatorWebhook && !local.values["aws-load-balancer-controller"].enableWafv2
    error_message = "It must not stop other services, nor call what its role may not."
  }
}

run "what_external_dns_may_do" {
  assert {
    condition = [
      for statement in local.roles["external-dns"].statements : statement.Condition["ForAllValues:StringLike"]["route53:ChangeResourceRecordSetsNormalizedRecordNames"] if statement.Sid == "ChangeItsRecords"
    ] == [["heart.example", "api.heart.example", "admin.heart.example", "external-dns-*.heart.example"]]
    error_message = "It changes the names of load balancers only, and not that of the CDN or of e-mail."
  }

  assert {
    condition     = startswith(local.values["external-dns"].txtPrefix, "external-dns-") && endswith(local.values["external-dns"].txtPrefix, ".")
    error_message = "Its own records must have names that its role allows, inside the zone."
  }

  assert {
    condition     = local.values["external-dns"].policy == "upsert-only"
    error_message = "It must not delete records."
  }
}

run "secrets" {
  assert {
    condition = [
      for statement in local.roles["external-secrets"].statements : statement.Resource if statement.Sid == "ReadSecretsOfProduction"
    ] == [["arn:aws:secretsmanager:ap-northeast-2:123456789012:secret:heart/production/*"]]
    error_message = "It reads the secrets of production, and not the master password of the database."
  }

  assert {
    condition     = !anytrue(flatten([for statement in local.roles["external-secrets"].statements : [for action in statement.Action : can(regex("Put|Update|Delete|Create", action))]]))
    error_message = "It writes no secret."
  }

  assert {
    condition     = [for object in local.secrets : object.spec.conditions[0].namespaces if object.kind == "ClusterSecretStore"] == [["argocd", "heart", "logging", "monitoring"]]
    error_message = "Only namespaces that need secrets get any."
  }

  assert {
    condition = alltrue([
      for object in local.secrets : alltrue([for item in object.spec.data : startswith(item.remoteRef.key, "heart/production/")]) if object.kind == "ExternalSecret"
    ]) && length([for object in local.secrets : object if object.kind == "ExternalSecret"]) == 4
    error_message = "All secrets come from below heart/production/."
  }

  assert {
    condition     = contains([for object in local.secrets : object.metadata.name], local.values["kube-prometheus-stack"].grafana.admin.existingSecret) && contains([for object in local.secrets : object.metadata.name], local.values["kube-prometheus-stack"].alertmanager.alertmanagerSpec.secrets[0])
    error_message = "Grafana and Alertmanager must find their secrets."
  }

  assert {
    condition     = alltrue([for item in concat(local.values["eck-stack"]["eck-elasticsearch"].auth.fileRealm, local.values["eck-stack"]["eck-elasticsearch"].auth.roles) : contains([for object in local.secrets : object.metadata.name], item.secretName)])
    error_message = "Elasticsearch must find its users and their roles."
  }
}

run "monitoring" {
  assert {
    condition     = local.values["kube-prometheus-stack"].prometheus.prometheusSpec.replicas == 2 && local.values["kube-prometheus-stack"].alertmanager.alertmanagerSpec.replicas == 2
    error_message = "Alerts must survive a node."
  }

  assert {
    condition     = module.monitoring.releases["kube-prometheus-stack"].values[1].alertmanager.config.route.receiver == "tickets" && startswith(module.monitoring.releases["kube-prometheus-stack"].values[1].alertmanager.config.global.slack_api_url_file, "/etc/alertmanager/secrets/${local.values["kube-prometheus-stack"].alertmanager.alertmanagerSpec.secrets[0]}/")
    error_message = "Alerts go to Slack by the routes of deploy/monitoring, with the webhook of the secret."
  }

  assert {
    condition     = !local.values["kube-prometheus-stack"].crds.enabled
    error_message = "The kinds are a release of their own, which comes first."
  }

  assert {
    condition     = [for rule in local.values["prometheus-adapter"].rules.custom : rule.name.as] == ["http_requests_per_second"] && local.values["prometheus-adapter"].prometheus.url == "http://kube-prometheus-stack-prometheus.monitoring.svc"
    error_message = "The autoscaler of pods must find its metric."
  }
}

run "logs" {
  assert {
    condition     = local.values["eck-stack"]["eck-elasticsearch"].nodeSets[0].count == 3 && local.values["eck-stack"]["eck-kibana"].count == 2
    error_message = "Logs must survive a zone."
  }

  assert {
    condition     = local.values["eck-stack"]["eck-elasticsearch"].nodeSets[0].volumeClaimTemplates[0].metadata.name == "elasticsearch-data" && local.values["eck-stack"]["eck-elasticsearch"].nodeSets[0].volumeClaimTemplates[0].spec.storageClassName == "gp3"
    error_message = "Only a claim of this name is the disk of Elasticsearch."
  }

  assert {
    condition     = kubernetes_storage_class_v1.gp3.parameters.encrypted == "true" && kubernetes_storage_class_v1.gp3.reclaim_policy == "Retain" && kubernetes_storage_class_v1.gp3.volume_binding_mode == "WaitForFirstConsumer"
    error_message = "Disks are encrypted, in the zone of their pod, and stay."
  }

  assert {
    condition     = module.archive.rules == { versioning = "Enabled", expiration = { "" = 40 } }
    error_message = "Logs outlive backups of 35 days, and then are gone; what is written over or deleted stays for 30 days more."
  }

  assert {
    condition     = toset(flatten([for statement in local.roles["fluent-bit"].statements : statement.Action])) == toset(["s3:PutObject", "kms:GenerateDataKey"])
    error_message = "Fluent Bit adds to the archive, and reads and deletes nothing."
  }
}

run "argo_cd_has_the_applications_of_the_repository" {
  assert {
    condition     = alltrue([for object in local.application_manifests : object.metadata.namespace == "argocd"]) && contains([for object in local.application_manifests : "${object.kind} ${object.metadata.name}"], "Application heart-to-heart")
    error_message = "Nothing has to be registered by hand."
  }

  assert {
    condition     = yamldecode(helm_release.applications.values[0]).manifests == local.application_manifests && helm_release.applications.namespace == "argocd"
    error_message = "The release installs the files of k8s/argocd, unchanged."
  }

  assert {
    condition = toset([for object in local.application_manifests : object.spec.destination.namespace if object.kind == "Application"]) == toset([
      "heart", "logging",
    ]) && length(setsubtract(["heart", "logging", "argocd"], keys(local.namespaces))) == 0
    error_message = "Applications go to namespaces that are there."
  }
}

run "a_zone_by_name_is_refused" {
  command = plan

  variables {
    hosted_zone_id = "heart.example"
  }

  expect_failures = [var.hosted_zone_id]
}
