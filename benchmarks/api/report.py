"""The results as a table in Markdown, and as plots."""

import argparse
import os
import platform
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median

import psycopg
import redis

from benchmarks.api.measuring import Measurement
from benchmarks.api.scenarios import GROWTH, Contender, Scenario
from benchmarks.api.servers import POSTGRES_OPTIONS, THREADS, WORKERS, Backends, Size

# By scenario and contender, one for each round.
Results = Mapping[tuple[str, str], list[Measurement]]
PACKAGES = ("django", "djangorestframework", "gunicorn", "granian", "psycopg", "orjson", "pyjwt", "argon2-cffi")
HEAD = """\
| scenario | server | CPU s per 1,000 requests | server + PostgreSQL + Redis | ratio | requests/s | p50 ms | p99 ms |
| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |
"""
EXPLANATION = """\
# What requests cost

Written by `make benchmark ARGS="--results benchmarks"`; `benchmarks/api/__init__.py` says what the servers are.
The cost is CPU seconds of server, PostgreSQL and Redis for 1,000 requests. The ratio compares it, inside one round,
with that of the row whose ratio is 1.00; all figures are medians over the rounds. Requests per second and latencies
depend on what else the machine does.

"""


def ratio(results: Results, scenario: Scenario, contender: Contender) -> float | None:
    """Return the median ratio to the baseline, or None if that was not measured."""
    own = results[scenario.name, contender.label]
    base = results.get((scenario.name, contender.baseline))
    return median(one.cost / other.cost for one, other in zip(own, base, strict=True)) if base else None


def table(scenarios: list[Scenario], results: Results) -> str:
    """Return all results in Markdown."""
    return HEAD + "\n".join(
        _row(scenario, contender, results) for scenario in scenarios for contender in scenario.contenders
    )


def _row(scenario: Scenario, contender: Contender, results: Results) -> str:
    measured, compared = results[scenario.name, contender.label], ratio(results, scenario, contender)

    def middle(value: Callable[[Measurement], float]) -> float:
        return median(map(value, measured))

    parts = " + ".join(f"{median(costs):.2f}" for costs in zip(*(one.costs for one in measured), strict=True))
    columns = [
        scenario.title,
        contender.label,
        f"{middle(lambda one: one.cost):.2f}",
        parts,
        "" if compared is None else f"{compared:.2f}",
        f"{middle(lambda one: one.requests / one.seconds):,.0f}",
        f"{middle(lambda one: one.p50 * 1_000):.1f}",
        f"{middle(lambda one: one.p99 * 1_000):.1f}",
    ]
    return f"| {' | '.join(columns)} |"


def facts(backends: Backends, size: Size, chosen: argparse.Namespace, loads: list[float]) -> str:
    """Return what the results depend on."""
    with psycopg.connect(backends.services.postgres) as connection:
        postgres = connection.info.parameter_status("server_version")
    redis_version = redis.Redis.from_url(backends.services.redis).info("server")["redis_version"]
    versions = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return "\n".join(
        [
            f"- {datetime.now(UTC):%Y-%m-%d %H:%M} UTC, load average {loads[0]:.1f} before and {loads[-1]:.1f} after",
            f"- {chosen.rounds} rounds of {chosen.seconds:g} s, {WORKERS} processes of {THREADS} threads",
            f"- {size.posts:,} posts, {size.members:,} members, {size.blocks:,} blocks",
            f"- {os.cpu_count()} processors, {_processor()}, {platform.system()} {platform.release()}",
            f"- Python {platform.python_version()}, PostgreSQL {postgres}, Redis {redis_version}, {versions}",
            f"- PostgreSQL's defaults but for {', '.join(POSTGRES_OPTIONS)}",
        ]
    )


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    return next((line.partition(": ")[2] for line in lines if line.startswith("model name")), platform.machine())


def write(folder: Path, scenarios: list[Scenario], results: Results, facts: str) -> None:
    """Write RESULTS.md, ratios.svg, and growth.svg if that was measured."""
    # Only this needs matplotlib, which takes a second to load.
    from matplotlib import pyplot  # noqa: PLC0415

    pyplot.rcParams.update({"svg.hashsalt": "heart-to-heart", "svg.fonttype": "none", "font.size": 9})
    folder.mkdir(parents=True, exist_ok=True)
    text = f"{EXPLANATION}{table(scenarios, results)}\n\n![Ratio by scenario](ratios.svg)\n"
    pairs = [
        (f"{scenario.name}: {contender.label}", value)
        for scenario in scenarios
        for contender in scenario.contenders
        if contender.baseline == "limit" != contender.label and (value := ratio(results, scenario, contender))
    ]
    figure, axes = pyplot.subplots(figsize=(8, 0.6 + 0.28 * len(pairs)), layout="constrained")
    bars = axes.barh([name for name, _ in reversed(pairs)], [value for _, value in reversed(pairs)])
    axes.bar_label(bars, fmt="%.1f", padding=3)
    axes.axvline(1, color="black", linewidth=0.8)
    axes.set_xlabel("CPU for one request, compared with the limit")
    figure.savefig(folder / "ratios.svg", metadata={"Date": None})
    for scenario in (each for each in scenarios if each.name == GROWTH):
        text += "\n![Cost as the table grows](growth.svg)\n"
        figure, axes = pyplot.subplots(figsize=(6, 3.5), layout="constrained")
        for server in dict.fromkeys(contender.server for contender in scenario.contenders):
            lines = [each for each in scenario.contenders if each.server == server]
            costs = [median(one.cost for one in results[scenario.name, each.label]) for each in lines]
            axes.plot([100 // each.divisor for each in lines], costs, marker="o", label=server)
        axes.set(xscale="log", xlabel="posts, in hundredths of the largest table", ylabel="CPU s per 1,000 requests")
        axes.set_ylim(bottom=0)
        axes.legend()
        figure.savefig(folder / "growth.svg", metadata={"Date": None})
    (folder / "RESULTS.md").write_text(f"{text}\n{facts}\n")
