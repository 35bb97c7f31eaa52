"""Numbers of pods and connections follow from the chart's values and what requests were measured to cost."""

import json
import math
import re
from typing import Any

import pytest

from config.settings import OUTBOX_WORKERS
from tests.deploy.chart import cores, values
from tests.server_process import ROOT

pytestmark = pytest.mark.one_leg
GUIDE = (ROOT / "docs/production.md").read_text().partition("## Scaling")[2].partition("\n## ")[0]
RESULTS = (ROOT / "benchmarks/RESULTS.md").read_text()
# What simulated phones made a pod's server use, by `python -m benchmarks.phones`.
PHONES = json.loads((ROOT / "benchmarks/phones.json").read_text())
# CPU seconds of a JPEG of 12 megapixels, by benchmarks/hostile_images.py, and requests for one of them.
IMAGE_SECONDS, REQUESTS_PER_IMAGE = 0.145, 300
# Members for one request a second in the worst minute: a fifth active, 60 requests a day, a tenth in the busiest hour,
# in whose worst minute are twice as many as in others.
MEMBERS_PER_REQUEST = 3600 / (0.2 * 60 * 0.1 * 2)
# The autoscaler leaves the pods as they are for differences of up to a tenth.
TOLERANCE = 0.1
# Connections of the jobs of migrations and clean-up, and of the checks of each.
OTHERS = 4
served = pytest.mark.parametrize("environment", ["staging", "production"])


def measured(scenario: str) -> tuple[float, float, float]:
    """CPU seconds of server, PostgreSQL and Redis for one request, and requests a second, of our server."""
    row = re.findall(
        rf"^\| {re.escape(scenario)} \| ours[^|]*\| [\d.]+ \| ([\d.]+) \+ ([\d.]+) \+ [\d.]+ \| [\d.]+ \| ([\d,]+)",
        RESULTS,
        re.MULTILINE,
    )[0]
    return float(row[0]) / 1000, float(row[1]) / 1000, float(row[2].replace(",", ""))


def costs() -> tuple[float, float]:
    """CPU seconds of server and PostgreSQL for one request of the guide's mix."""
    mix = {
        scenario: int(share) / 100
        for share, scenario in re.findall(r"^\| (\d+) % \| [^|]+ \| (.+) \|$", GUIDE, re.MULTILINE)
    }
    assert math.isclose(sum(mix.values()), 1)
    server, database = (sum(share * measured(each)[which] for each, share in mix.items()) for which in (0, 1))
    return server + IMAGE_SECONDS / REQUESTS_PER_IMAGE, database


def connections(own: dict[str, Any], servers: int) -> int:
    """What that many pods of the server, and all outbox workers, may open to the primary."""
    # One for each thread, for /readyz, and for the measurement of each replica.
    process = int(own["web"]["threads"]) + 1 + int(own["databaseConnections"]["replicas"])
    jobs = 0
    for each in own["outbox"]["deployments"]:
        # One for each job at once, and for the measurement of the outbox.
        jobs += each["replicas"] * (sum(OUTBOX_WORKERS[lane] for lane in each["lanes"]) + 1)
    return servers * int(own["web"]["workers"]) * process + int(jobs)


def desired_pods(current: int, ratios: list[float]) -> int:
    """What the autoscaler makes of the ratios of each metric to its target."""
    return max(current if abs(ratio - 1) <= TOLERANCE else math.ceil(current * ratio) for ratio in ratios)


@served
def test_all_pods_of_a_release_stay_below_the_limit_of_the_database(environment: str) -> None:
    own = values(environment)
    limits, most = own["databaseConnections"], own["autoscaling"]["maxReplicas"]
    # Pods that drain count too, and so do migrations and clean-up.
    assert 2 * connections(own, most) + OTHERS + limits["reserved"] <= limits["limit"]
    # The highest number of pods that would fit is not far above.
    assert 2 * connections(own, 2 * most) > limits["limit"]


def test_terraform_makes_as_many_replicas_as_are_counted() -> None:
    (replicas,) = re.findall(
        r"^  replicas += (\d+)$", (ROOT / "terraform/production/data.tf").read_text(), re.MULTILINE
    )
    assert int(replicas) == values("production")["databaseConnections"]["replicas"]


@served
def test_two_servers_are_left_when_a_zone_fails(environment: str) -> None:
    own = values(environment)["autoscaling"]
    zones = 3
    least = own["minReplicas"] - math.ceil(own["minReplicas"] / zones)
    assert least >= (2 if environment == "production" else 1)
    assert own["minReplicas"] < own["maxReplicas"]


@served
def test_the_rate_of_requests_and_the_cpu_that_scale_agree(environment: str) -> None:
    own = values(environment)
    request = cores(own["web"]["resources"]["requests"]["cpu"])
    used = own["autoscaling"]["requestsPerSecond"] * costs()[0] / request
    assert 0.8 * own["autoscaling"]["cpuPercent"] <= 100 * used <= own["autoscaling"]["cpuPercent"]


@pytest.mark.parametrize(
    ("requests", "pods", "expected"),
    [
        # A quiet night, an evening, and a rush that more pods than there may be would need.
        (100, 3, 1),
        (667, 3, 3),
        (2_000, 3, 8),
        (6_667, 12, 27),
    ],
)
def test_the_autoscaler_asks_for_the_pods_that_the_load_needs(requests: int, pods: int, expected: int) -> None:
    own = values("production")
    request = cores(own["web"]["resources"]["requests"]["cpu"])
    by_cpu = 100 * requests * costs()[0] / pods / request / own["autoscaling"]["cpuPercent"]
    by_requests = requests / pods / own["autoscaling"]["requestsPerSecond"]
    assert desired_pods(pods, [by_cpu, by_requests]) == expected


def test_the_autoscaler_doubles_a_pod_that_serves_what_was_measured() -> None:
    """Two processes under a load without pauses are above both targets, so that pods are added until they are not."""
    own, request = values("production"), 1.0
    seconds, _, rate = measured("90 % feed, 5 % one post, 5 % publishing")
    pods = 1
    for _ in range(10):
        ratios = [100 * rate * seconds / pods / request / own["autoscaling"]["cpuPercent"]]
        ratios.append(rate / pods / own["autoscaling"]["requestsPerSecond"])
        pods = desired_pods(pods, ratios)
    assert own["autoscaling"]["minReplicas"] < pods <= own["autoscaling"]["maxReplicas"]
    assert rate / pods <= own["autoscaling"]["requestsPerSecond"] * (1 + TOLERANCE)
    assert desired_pods(pods, ratios) == pods


@pytest.mark.parametrize(("times", "pods", "expected"), [(1, 3, 3), (5, 3, 4), (12, 4, 9), (1, 9, 5), (40, 9, 12)])
def test_the_autoscaler_follows_what_simulated_phones_used(times: int, pods: int, expected: int) -> None:
    """So many times the phones that were measured on one pod, after it had been that many pods."""
    own = values("production")
    scaling, requested = own["autoscaling"], own["web"]["resources"]["requests"]
    used = PHONES["server_cpu_seconds"] / PHONES["seconds"] / cores(requested["cpu"])
    rate = PHONES["requests"] / PHONES["seconds"]
    # Memory is what a process takes once, whatever the load of its pod.
    by_memory = PHONES["server_memory_bytes"] / 2**30 / float(requested["memory"].removesuffix("Gi"))
    ratios = [times * used / pods / (scaling["cpuPercent"] / 100), times * rate / pods / scaling["requestsPerSecond"]]
    desired = desired_pods(pods, [*ratios, by_memory / (scaling["memoryPercent"] / 100)])
    assert min(max(desired, scaling["minReplicas"]), scaling["maxReplicas"]) == expected


def test_the_table_of_members_follows_from_what_was_measured() -> None:
    own, (server, database) = values("production"), costs()
    rows = re.findall(r"^\| ([\d,]+) \| (.*) \|$", GUIDE, re.MULTILINE)
    assert [int(members.replace(",", "")) for members, _ in rows] == [10_000, 100_000, 500_000, 1_000_000, 4_000_000]
    for members, row in rows:
        rate = int(members.replace(",", "")) / MEMBERS_PER_REQUEST
        pods = max(own["autoscaling"]["minReplicas"], math.ceil(rate / own["autoscaling"]["requestsPerSecond"]))
        assert pods <= own["autoscaling"]["maxReplicas"]
        shown = [float(each.replace(",", "")) for each in row.split(" | ")]
        assert (shown[0], shown[2], shown[4]) == (round(rate), pods, connections(own, pods))
        assert [shown[1], shown[3]] == pytest.approx([rate * server, rate * database], rel=0.1, abs=0.01)


def test_the_figures_of_the_guide_are_those_of_the_values() -> None:
    own, (server, database) = values("production"), costs()
    scaling, limits = own["autoscaling"], own["databaseConnections"]
    most = 2 * connections(own, scaling["maxReplicas"]) + OTHERS + limits["reserved"]
    text = " ".join(GUIDE.split())
    for figure in (
        f"CPU ({scaling['cpuPercent']} % of the requested core), memory ({scaling['memoryPercent']} %)",
        f"({scaling['requestsPerSecond']} for each pod), between {scaling['minReplicas']} and {scaling['maxReplicas']}",
        f"make {most} of {limits['limit']}",
    ):
        assert figure in text
    stated = re.findall(r"take ([\d.]+) ms of the server's CPU, and ([\d.]+) ms of PostgreSQL's", text)
    assert [float(each) for each in stated[0]] == pytest.approx([server * 1000, database * 1000], rel=0.1)
