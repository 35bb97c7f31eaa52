"""What the workflow of production puts on the branch that Argo CD follows, and that Argo CD follows it."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.deploy.chart import needs_helm, rendered
from tests.server_process import ROOT

pytestmark = pytest.mark.one_leg
IMAGE_FILE = "k8s/chart/image-production.yaml"
WORKFLOW = (ROOT / ".github/workflows/production.yml").read_text()
ARGOCD = [each for file in (ROOT / "k8s/argocd").glob("*.yaml") for each in yaml.safe_load_all(file.read_text())]
APPLICATIONS = {each["metadata"]["name"]: each for each in ARGOCD if each["kind"] == "Application"}
OURS, NGINX = f"sha256:{'a1' * 32}", f"sha256:{'b2' * 32}"


class Repository:
    """A clone with one commit on main and an empty remote."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.remote = folder / "clone", folder / "remote"
        self.folder.mkdir()
        subprocess.run(["git", "init", "-q", "--bare", str(self.remote)], check=True)
        self.git("init", "-q", "-b", "main")
        self.git("remote", "add", "origin", str(self.remote))
        for file in (IMAGE_FILE, "deploy/production/release.sh"):
            (self.folder / file).parent.mkdir(parents=True)
            shutil.copy(ROOT / file, self.folder / file)
        self.commit("first")

    def git(self, *words: str) -> str:
        """What git says."""
        who = ["-c", "user.name=a", "-c", "user.email=a@heart.example"]
        done = subprocess.run(["git", *who, *words], cwd=self.folder, capture_output=True, text=True, check=True)
        return done.stdout.strip()

    def commit(self, text: str) -> str:
        """Change the server on main."""
        self.git("checkout", "-q", "-f", "main") if text != "first" else None
        (self.folder / "server.py").write_text(text)
        self.git("add", ".")
        self.git("commit", "-q", "-m", text)
        return self.git("rev-parse", "HEAD")

    def release(self, **environment: str) -> str:
        """Run the script as the workflow does, and push what it made."""
        done = self.run(**environment)
        assert done.returncode == 0, done.stderr
        commit = done.stdout.strip()
        self.git("push", "-q", "origin", f"{commit}:refs/heads/production")
        self.git("fetch", "-q", "origin")
        self.git("reset", "-q", "--hard")
        return commit

    def run(self, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run the script."""
        command = [str(self.folder / "deploy/production/release.sh")]
        known = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        return subprocess.run(
            command, cwd=self.folder, env=known | environment, capture_output=True, text=True, check=False
        )

    def at(self, commit: str, file: str) -> str:
        """A file of a commit."""
        return self.git("show", f"{commit}:{file}")


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path)


def digests(text: str) -> list[str]:
    own: dict[str, Any] = yaml.safe_load(text)
    return [own["image"]["digest"], own["nginx"]["image"]["digest"]]


def test_a_release_is_the_commit_of_main_with_its_digests(repository: Repository) -> None:
    first = repository.release(DIGEST=OURS, NGINX_DIGEST=NGINX)
    assert digests(repository.at(first, IMAGE_FILE)) == [OURS, NGINX]
    main = repository.commit("second")
    second = repository.release(DIGEST=NGINX, NGINX_DIGEST=NGINX)
    assert (repository.at(second, "server.py"), digests(repository.at(second, IMAGE_FILE))[0]) == ("second", NGINX)
    assert repository.git("log", "-1", "--format=%P", second).split() == [first, main]


def test_a_rollback_is_a_new_commit_with_the_files_of_a_former_release(repository: Repository) -> None:
    first = repository.release(DIGEST=OURS, NGINX_DIGEST=NGINX)
    repository.commit("broken")
    second = repository.release(DIGEST=NGINX, NGINX_DIGEST=NGINX)
    third = repository.release(ROLLBACK_TO=first)
    assert repository.git("diff", first, third) == ""
    assert repository.git("log", "-1", "--format=%P", third) == second


def test_what_is_no_release_or_no_digest_is_refused(repository: Repository) -> None:
    repository.release(DIGEST=OURS, NGINX_DIGEST=NGINX)
    never_released = repository.commit("second")
    for environment in (
        {"ROLLBACK_TO": never_released},
        {"ROLLBACK_TO": "HEAD~1"},
        {"ROLLBACK_TO": "nowhere"},
        {"DIGEST": "sha256:1", "NGINX_DIGEST": NGINX},
        {"DIGEST": OURS},
    ):
        done = repository.run(**environment)
        assert done.returncode != 0
        assert done.stdout == ""


def test_the_file_that_releases_write_is_the_one_of_the_chart(repository: Repository) -> None:
    commit = repository.release(DIGEST=OURS, NGINX_DIGEST=NGINX)
    written = repository.at(commit, IMAGE_FILE)
    assert re.sub("sha256:[0-9a-f]{64}", "", written) == re.sub(
        "sha256:[0-9a-f]{64}", "", (ROOT / IMAGE_FILE).read_text().strip()
    )


def test_argo_cd_follows_the_branch_that_the_workflow_pushes() -> None:
    branches = set(re.findall(r'\$COMMIT:refs/heads/(\w+)"', WORKFLOW))
    assert {each["spec"]["source"]["targetRevision"] for each in APPLICATIONS.values()} == branches
    for each in APPLICATIONS.values():
        source = each["spec"]["source"]
        assert (ROOT / source["path"] / "Chart.yaml").is_file()
        files = source["helm"].get("valueFiles", [])
        assert [file for file in files if not (ROOT / source["path"] / file).is_file()] == []
        assert each["spec"]["syncPolicy"]["automated"] == {"prune": True, "selfHeal": True}
    assert "k8s/chart/" + APPLICATIONS["heart-to-heart"]["spec"]["source"]["helm"]["valueFiles"][-1] == IMAGE_FILE


def test_argo_cd_says_in_slack_what_it_is_subscribed_to() -> None:
    (config,) = [each["data"] for each in ARGOCD if each["kind"] == "ConfigMap"]
    subscribed = {
        name.partition("subscribe.")[2] for each in APPLICATIONS.values() for name in each["metadata"]["annotations"]
    }
    assert {f"trigger.{each.removesuffix('.slack')}" for each in subscribed} == {
        name for name in config if name.startswith("trigger.")
    }
    for name, text in config.items():
        if name.startswith("trigger."):
            (trigger,) = yaml.safe_load(text)
            body = yaml.safe_load(config[f"template.{trigger['send'][0]}"])["webhook"]["slack"]["body"]
            assert set(json.loads(re.sub(r"\{\{[^}]*\}\}", "x", body))) == {"text"}


@needs_helm
def test_each_project_allows_what_its_application_has_and_nothing_else() -> None:
    projects = {each["metadata"]["name"]: each["spec"] for each in ARGOCD if each["kind"] == "AppProject"}
    logs = (ROOT / "k8s/logs/setup/templates").glob("*.yaml")
    used = {
        "heart-to-heart": {(each["apiVersion"].rpartition("/")[0], each["kind"]) for each in rendered("production")},
        "heart-logs": {
            (version.rpartition("/")[0], kind)
            for file in logs
            for version, kind in re.findall(r"^apiVersion: (\S+)\nkind: (\S+)", file.read_text(), re.MULTILINE)
        },
    }
    for name, application in APPLICATIONS.items():
        project = projects.pop(application["spec"]["project"])
        assert used[name] == {(each["group"], each["kind"]) for each in project["namespaceResourceWhitelist"]}
        assert project["clusterResourceWhitelist"] == []
        place = {key: application["spec"]["destination"][key] for key in ("server", "namespace")}
        assert (project["destinations"], project["sourceRepos"]) == (
            [place],
            [application["spec"]["source"]["repoURL"]],
        )
    assert projects == {}


@needs_helm
def test_the_autoscaler_may_change_what_argo_cd_would_put_back() -> None:
    ignored = APPLICATIONS["heart-to-heart"]["spec"]["ignoreDifferences"]
    scalers = [each["spec"] for each in rendered("production") if each["kind"] == "HorizontalPodAutoscaler"]
    assert [(each["name"], each["jsonPointers"]) for each in ignored] == [
        (each["scaleTargetRef"]["name"], ["/spec/replicas"]) for each in scalers
    ]
