"""What Terraform prepares for production fits the server's chart: metrics, versions, addresses, secrets."""

import ipaddress
import re
from itertools import islice
from typing import Any

import yaml

from tests.deploy.chart import CHART, values
from tests.server_process import ROOT

TERRAFORM = ROOT / "terraform"
GUIDE = (ROOT / "docs/production.md").read_text(encoding="utf-8")


def release(name: str) -> dict[str, Any]:
    """Our values of a Helm release."""
    return dict(yaml.safe_load((TERRAFORM / f"platform/values/{name}.yaml").read_text(encoding="utf-8")))


def objects() -> list[dict[str, Any]]:
    """The store of secrets, and the secrets of the releases."""
    text = (TERRAFORM / "platform/manifests/secrets.yaml").read_text(encoding="utf-8")
    return list(yaml.safe_load_all(text.replace("${region}", "ap-northeast-2")))


def test_the_autoscaler_of_pods_reads_a_counter_of_the_server() -> None:
    (rule,) = release("prometheus-adapter")["rules"]["custom"]
    (series,) = re.findall(r'__name__="(\w+)"', rule["seriesQuery"])
    assert f"| `{series}` |" in (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    assert f"metric: {{name: {rule['name']['as']}}}" in (CHART / "templates/autoscaling.yaml").read_text(
        encoding="utf-8"
    )


def test_the_autoscaler_of_nodes_is_of_the_version_of_the_cluster() -> None:
    variables = (TERRAFORM / "production/variables.tf").read_text(encoding="utf-8")
    (version,) = re.findall(r'"kubernetes_version" \{.*?default += "([\d.]+)"', variables, re.DOTALL)
    assert release("cluster-autoscaler")["image"]["tag"].startswith(f"v{version}.")


def test_the_chart_lets_in_and_out_by_the_subnets_of_terraform() -> None:
    variables = (TERRAFORM / "modules/network/variables.tf").read_text(encoding="utf-8")
    network = ipaddress.ip_network(*re.findall(r'"cidr_block" \{.*?default += "([\d./]+)"', variables, re.DOTALL))
    public = [str(each) for each in islice(network.subnets(new_prefix=24), 3)]
    private = [str(each) for each in islice(network.subnets(new_prefix=20), 1, 4)]
    ours = values("production")
    assert ours["nginx"]["loadBalancerSubnets"] == public
    assert ours["network"]["databaseSubnets"] == private


def test_each_secret_is_made_by_terraform_described_and_read() -> None:
    data = (
        (TERRAFORM / "production/data.tf")
        .read_text(encoding="utf-8")
        .partition("  secrets = {\n")[2]
        .partition("  }\n")[0]
    )
    made = {f"heart/production/{name}" for name in re.findall(r"^    (\w+) += ", data, re.MULTILINE)}
    read = {item["remoteRef"]["key"] for each in objects() for item in each.get("spec", {}).get("data", ())}
    assert made == set(re.findall(r"^   \| `(heart/production/\w+)` \|", GUIDE, re.MULTILINE))
    assert made == read | set(values("production")["secrets"]["external"]["keys"])


def test_the_server_and_the_releases_use_the_one_store_of_secrets() -> None:
    (store,) = [each for each in objects() if each["kind"] == "ClusterSecretStore"]
    used = {each["spec"]["secretStoreRef"]["name"] for each in objects() if each["kind"] == "ExternalSecret"}
    assert used == {store["metadata"]["name"]} == {values("production")["secrets"]["external"]["store"]}
    assert store["spec"]["conditions"] == [{"namespaces": ["argocd", "heart", "logging", "monitoring"]}]
