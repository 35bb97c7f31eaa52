# How an image gets into the registry, and what the server in the cluster may do.

module "registry" {
  source      = "../modules/registry"
  name        = "heart-to-heart-api"
  kms_key_arn = module.key.arn
}

# Workflows push images, and nothing else: Argo CD in the cluster fetches what the repository says.
module "release_role" {
  source            = "../modules/github_role"
  name              = "${local.name}-release"
  provider_arn      = var.github_oidc_provider_arn
  repository        = var.github_repository
  environment       = "production"
  policy_statements = module.registry.push_statements
}

# The server, its outbox workers and its commands (k8s/chart).
module "server_role" {
  source          = "../modules/pod_role"
  cluster         = module.cluster.identity
  namespace       = "heart"
  service_account = "heart-web"

  policy_statements = concat(module.storage.policy_statements, [{
    Sid       = "EncryptPrivateFiles"
    Effect    = "Allow"
    Action    = ["kms:Decrypt", "kms:GenerateDataKey"]
    Resource  = [module.key.arn]
    Condition = { StringEquals = { "kms:ViaService" = "s3.${var.region}.amazonaws.com" } }
  }])
}
