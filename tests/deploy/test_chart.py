"""The Helm chart fits the server: its settings, its jobs, its files, its times and its disk."""

import json
import re
from pathlib import Path

import pytest
import yaml

from config.checks import OUTBOX_LANES
from config.settings import IMAGE_QUOTA_BYTES
from tests.config.startup import PRODUCTION_ENVIRONMENT, startup_errors
from tests.deploy.chart import (
    CHART,
    ENVIRONMENTS,
    containers,
    cores,
    megabytes,
    needs_helm,
    of_kind,
    pods,
    render,
    rendered,
    values,
)
from tests.server_process import ROOT

pytestmark = [pytest.mark.one_leg, needs_helm]
NAME = "heart-to-heart"
SERVED = ["staging", "production"]
DOCUMENTED = set(re.findall(r"^\| `([A-Z_]+)`", (ROOT / "docs/settings.md").read_text(), re.MULTILINE))
GUIDE = (ROOT / "docs/production.md").read_text()
# The longest body, with what nginx adds to it. MB.
UPLOAD = 115
all_environments = pytest.mark.parametrize("environment", ENVIRONMENTS)
served = pytest.mark.parametrize("environment", SERVED)


def settings(environment: str) -> dict[str, str]:
    return dict(of_kind(environment, "ConfigMap")[NAME]["data"])


def seconds_of_nginx(name: str, environment: str = "production") -> list[int]:
    """The values of a directive in the files of nginx."""
    files = of_kind(environment, "ConfigMap")[f"{NAME}-nginx"]["data"]
    return [int(each) for each in re.findall(rf"{name} (\d+)s;", "".join(files.values()))]


def guide_secrets() -> set[str]:
    """The settings that operators put into the secret."""
    return set(re.findall(r"`([A-Z_]+)`", GUIDE.partition("## Secrets")[2].partition("\n## ")[0]))


@all_environments
def test_the_chart_gives_only_settings_that_there_are(environment: str) -> None:
    assert settings(environment).keys() - DOCUMENTED == set()


@served
def test_the_server_starts_with_the_settings_and_the_secrets_of_the_guide(environment: str) -> None:
    secret = guide_secrets()
    given = settings(environment)
    assert secret & given.keys() == set()
    assert secret - DOCUMENTED == set()
    assert PRODUCTION_ENVIRONMENT.keys() - given.keys() - secret == set()
    secrets = {name: PRODUCTION_ENVIRONMENT[name] for name in secret & PRODUCTION_ENVIRONMENT.keys()}
    assert startup_errors(**secrets, **given) == ""


def test_a_local_cluster_needs_a_database_alone() -> None:
    assert startup_errors(DATABASE_URL="postgres://u:p@127.0.0.1:1/heart", **settings("local")) == ""


@served
def test_files_of_the_one_machine_stack_are_the_same_in_the_chart(environment: str) -> None:
    nginx = of_kind(environment, "ConfigMap")[f"{NAME}-nginx"]["data"]
    assert nginx["upstream.conf"].strip() == (ROOT / "deploy/nginx/upstream.conf").read_text().strip()
    ours, theirs = nginx["heart.conf"].splitlines(), (ROOT / "deploy/nginx/heart.conf").read_text().splitlines()
    changed = [before.strip() for before, after in zip(theirs, ours, strict=True) if before.strip() != after.strip()]
    assert [line.split()[0] for line in changed] == ["listen", "proxy_set_header"] + ["limit_conn"] * 4
    assert of_kind(environment, "PrometheusRule")[NAME]["spec"] == yaml.safe_load(
        (ROOT / "deploy/monitoring/alerts.yml").read_text()
    )
    dashboards = of_kind(environment, "ConfigMap")[f"{NAME}-dashboards"]["data"]
    files = list((ROOT / "deploy/monitoring/dashboards").glob("*.json"))
    assert dashboards == {file.name: file.read_text() for file in files}
    assert len(files) >= 5


def test_series_have_the_jobs_that_alerts_and_dashboards_ask_for() -> None:
    jobs = {
        of_kind("production", "Service")[name]["metadata"]["labels"][each["spec"]["jobLabel"]]
        for name, each in of_kind("production", "ServiceMonitor").items()
    }
    asked = set(re.findall(r'job=\\?"(\w+)\\?"', json.dumps(rendered("production"))))
    assert {"web"} <= asked <= jobs == {"web", "outbox"}


def test_settings_that_are_secrets_are_refused_among_the_others() -> None:
    refused = {
        *json.loads((CHART / "values.schema.json").read_text())["properties"]["config"]["propertyNames"]["not"]["enum"]
    }
    text = (ROOT / "docs/settings.md").read_text()
    rows = text.partition("## Secrets")[2].partition("\n## ")[0].splitlines()
    rows += [row for row in text.splitlines() if "password@" in row or "its password" in row]
    secret = {name for row in rows for name in re.findall(r"^\| `([A-Z_]+)`", row)} - {"JWT_ALGORITHM"}
    assert secret >= {"SECRET_KEY", "SECRET_KEY_FALLBACKS", "DATABASE_REPLICA_URLS", "EMAIL_HOST_PASSWORD"}
    assert secret | guide_secrets() <= refused


def test_the_helm_test_has_no_secret_and_no_role() -> None:
    pod = pods("production")[f"{NAME}-test"]["spec"]
    assert pod["serviceAccountName"] == "default"
    assert containers({"spec": pod})["test"]["envFrom"] == [{"configMapRef": {"name": NAME}}]
    assert "secret" not in json.dumps(pod).lower()


@all_environments
def test_each_lane_of_the_outbox_has_workers(environment: str) -> None:
    lanes = [each["lanes"] or list(OUTBOX_LANES) for each in values(environment)["outbox"]["deployments"]]
    assert sorted(lane for group in lanes for lane in group) == sorted(OUTBOX_LANES)


@all_environments
def test_migrations_run_after_the_settings_and_before_the_new_pods(environment: str) -> None:
    def wave(kind: str, name: str) -> int:
        return int(of_kind(environment, kind)[name]["metadata"]["annotations"]["argocd.argoproj.io/sync-wave"])

    assert wave("ConfigMap", NAME) < wave("Job", f"{NAME}-migrate") < wave("Deployment", f"{NAME}-web")
    hooks = of_kind(environment, "Job")[f"{NAME}-migrate"]["metadata"]["annotations"]
    assert (hooks["argocd.argoproj.io/hook"], hooks["helm.sh/hook"]) == ("Sync", "post-install,pre-upgrade")
    assert "-c lock_timeout=5000" in (ROOT / "config/settings.py").read_text()


@all_environments
def test_no_pod_has_a_right_or_a_file_system_that_it_does_not_need(environment: str) -> None:
    for pod in pods(environment).values():
        spec = pod["spec"]
        assert spec["securityContext"]["runAsNonRoot"]
        assert spec["automountServiceAccountToken"] is False
        for each in spec["containers"]:
            assert each["securityContext"] == {
                "allowPrivilegeEscalation": False,
                "readOnlyRootFilesystem": True,
                "runAsNonRoot": True,
                "capabilities": {"drop": ["ALL"]},
            }
            assert set(each["resources"]["limits"]) == {"cpu", "memory", "ephemeral-storage"}
        assert all("sizeLimit" in volume["emptyDir"] for volume in spec["volumes"] if "emptyDir" in volume)


@all_environments
def test_disks_have_room_for_all_uploads_and_exports_at_once(environment: str) -> None:
    own = values(environment)
    assert megabytes(own["nginx"]["bodiesSize"]) >= own["nginx"]["uploads"]["total"] * UPLOAD
    assert megabytes(own["web"]["tmpSize"]) >= own["web"]["workers"] * own["web"]["threads"] * UPLOAD
    for each in own["outbox"]["deployments"]:
        if "exports" in (each["lanes"] or OUTBOX_LANES):
            assert megabytes(each["tmpSize"]) * 1e6 >= IMAGE_QUOTA_BYTES
    for pod in pods(environment).values():
        limits = sum(megabytes(each["resources"]["limits"]["ephemeral-storage"]) for each in containers(pod).values())
        directories = [each["emptyDir"] for each in pod["spec"]["volumes"] if "emptyDir" in each]
        assert limits > sum(megabytes(each["sizeLimit"]) for each in directories if "medium" not in each)


@served
def test_each_time_is_longer_than_what_it_waits_for(environment: str) -> None:
    own, web = values(environment), pods(environment)[f"{NAME}-web"]
    graceful, drain = own["web"]["gracefulSeconds"], own["nginx"]["drainSeconds"]
    longest = max(seconds_of_nginx("proxy_read_timeout"))
    (ending,) = seconds_of_nginx("worker_shutdown_timeout")
    assert longest < graceful
    assert longest < ending
    assert web["spec"]["terminationGracePeriodSeconds"] >= drain + ending + graceful
    # docs/android.md: longer than the pause and a request together, and a pause of 15 s or more.
    assert own["deregistrationSeconds"] > drain + ending + 60
    assert drain >= (120 if own["networkLoadBalancer"]["enabled"] else 20)
    (idle,) = re.findall(r"idle_timeout.timeout_seconds=(\d+)", json.dumps(of_kind(environment, "Ingress")))[:1]
    assert longest < int(idle) < max(seconds_of_nginx("keepalive_timeout"))


@served
def test_workers_of_the_outbox_have_time_to_end_an_email(environment: str) -> None:
    grace = pods(environment)[f"{NAME}-outbox-email"]["spec"]["terminationGracePeriodSeconds"]
    assert grace > 9 * int(settings(environment).get("EMAIL_TIMEOUT", 10))


def test_readiness_does_not_ask_for_the_database_and_the_start_does() -> None:
    found = containers(pods("production")[f"{NAME}-web"])
    assert found["web"]["startupProbe"]["httpGet"]["path"] == "/readyz"
    asked = {each[probe]["httpGet"]["path"] for each in found.values() for probe in ("readinessProbe",)}
    assert asked == {"/livez"}
    for each in of_kind("production", "Ingress").values():
        assert each["metadata"]["annotations"]["alb.ingress.kubernetes.io/healthcheck-path"] == "/readyz"


def test_without_tls_everything_but_the_paths_of_the_app_is_redirected() -> None:
    (nginx,) = re.findall(r"location ~ \^/\(([a-z|]+)\)/ \{", (ROOT / "deploy/nginx/heart.conf").read_text())
    (edge,) = re.findall(r'"~\^8081 /\(([a-z|]+)\)/" 0;', (ROOT / "k8s/chart/files/edge.conf").read_text())
    for rule in of_kind("production", "Ingress")[f"{NAME}-http"]["spec"]["rules"]:
        *apps, last = rule["http"]["paths"]
        assert "|".join(each["path"].strip("/") for each in apps) == nginx == edge
        assert (last["path"], last["backend"]["service"]["name"]) == ("/", "redirect")


@served
def test_the_autoscaler_alone_sets_the_number_of_servers(environment: str) -> None:
    scaler = of_kind(environment, "HorizontalPodAutoscaler")[f"{NAME}-web"]["spec"]
    deployment = of_kind(environment, "Deployment")[scaler["scaleTargetRef"]["name"]]["spec"]
    assert "replicas" not in deployment
    assert deployment["strategy"]["rollingUpdate"] == {"maxSurge": 1, "maxUnavailable": 0}
    metrics = [json.dumps(each) for each in scaler["metrics"]]
    assert [name for name in ("cpu", "memory", "http_requests_per_second") if name not in "".join(metrics)] == []


@served
def test_a_server_has_a_core_for_each_of_its_processes(environment: str) -> None:
    own = values(environment)["web"]
    assert cores(own["resources"]["limits"]["cpu"]) >= own["workers"]
    # Two images of 64 megapixels in each process, and what a process needs without them.
    assert megabytes(own["resources"]["limits"]["memory"]) >= own["workers"] * (2 * 256 + 300)


def test_nginx_beside_the_server_is_the_one_of_the_one_machine_stack() -> None:
    compose = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]["nginx"]["image"]
    image = values("local")["nginx"]["image"]
    assert image["repository"].removeprefix("docker.io/library/") + ":" + image["tag"] == compose


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ("webb: {replicas: 3}", "webb"),
        ("config: {secret_key: x}", "secret_key"),
        ("config: {SECRET_KEY: x}", "SECRET_KEY"),
        ("image: {digest: latest}", "digest"),
        ("web: {gracefulSeconds: 25}", "gracefulSeconds"),
        ("secrets: {external: {keys: []}}", "settings that are secrets"),
        ("certificateArn: ''", "certificateArn"),
    ],
)
def test_values_that_would_not_work_are_refused(change: str, refusal: str, tmp_path: Path) -> None:
    file = tmp_path / "changed.yaml"
    file.write_text(change)
    done = render(f"{ENVIRONMENTS['production']},{file}")
    assert done.returncode != 0
    assert refusal in done.stderr
