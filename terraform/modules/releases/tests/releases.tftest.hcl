mock_provider "helm" {}

variables {
  values_folders = ["tests/values", "tests/more"]

  charts = {
    server = { repository = "https://charts.example.com", version = "1.2.3", namespace = "tools", set = { region = "ap-northeast-2" } }
  }
}

run "a_release_has_the_values_of_its_files" {
  assert {
    condition     = helm_release.this["server"].chart == "server" && helm_release.this["server"].version == "1.2.3" && helm_release.this["server"].namespace == "tools"
    error_message = "The release must be what was asked for."
  }

  assert {
    condition     = output.releases.server.values == [{ replicas = 2 }]
    error_message = "Files of other names, and folders without its file, say nothing."
  }

  assert {
    condition     = one(helm_release.this["server"].set).name == "region" && one(helm_release.this["server"].set).value == "ap-northeast-2"
    error_message = "The release must know its cluster."
  }

  assert {
    condition     = helm_release.this["server"].atomic
    error_message = "A release that does not get ready is undone."
  }
}

run "a_version_that_changes_by_itself_is_refused" {
  command = plan

  variables {
    charts = { server = { version = "~1.2", namespace = "tools" } }
  }

  expect_failures = [var.charts]
}
