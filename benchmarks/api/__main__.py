"""Command line of the benchmark."""

import argparse
import os
import sys
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.api import report
from benchmarks.api.load import LoadGenerator
from benchmarks.api.measuring import WARM_UP, Benchmark
from benchmarks.api.scenarios import SCENARIOS, SERVERS, Scenario
from benchmarks.api.servers import Servers, Size, running_backends
from libs.commands.progress_bar import ProgressBar
from tests import services
from tests.server_process import ROOT

# Sessions for requests that each need a new one: more than our server answers in a second.
NEW_SESSIONS_PER_SECOND = 1_000
NAMES = [scenario.name for scenario in SCENARIOS]


def main() -> int:
    """Measure the chosen scenarios, print the table, and write the results of a run of all of them."""
    chosen = _parse_arguments()
    if missing := _missing():
        print(f"Not measured: {missing}", file=sys.stderr)
        return 1
    scenarios = [
        scenario._replace(contenders=[each for each in scenario.contenders if each.server in chosen.server])
        for scenario in SCENARIOS
        if scenario.name in chosen.scenario
    ]
    loads = [os.getloadavg()[0]]
    with _prepared_benchmark(chosen, scenarios) as benchmark:
        results = _measure(benchmark, scenarios, chosen)
        loads.append(os.getloadavg()[0])
        facts = report.facts(benchmark.servers.backends, benchmark.size, chosen, loads)
    print(report.table(scenarios, results))
    print(facts)
    if chosen.results:
        report.write(chosen.results, scenarios, results, facts)
    return 0


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.api", description=__doc__)
    parser.add_argument("--scenario", action="append", choices=NAMES, help="only this one; may be repeated")
    parser.add_argument("--server", action="append", choices=SERVERS, help="likewise")
    parser.add_argument("--rounds", type=int, default=3, help="(default: 3)")
    parser.add_argument("--seconds", type=float, default=3.0, help="of each measurement (default: 3)")
    parser.add_argument("--posts", type=int, default=200_000, help="(default: 200000)")
    parser.add_argument("--members", type=int, default=20_000, help="(default: 20000)")
    parser.add_argument("--blocks", type=int, default=200_000, help="(default: 200000)")
    parser.add_argument("--keep", action="store_true", help="keep the seeded database, and use the one that was kept")
    parser.add_argument("--results", type=Path, help="folder for RESULTS.md and the plots (default: none)")
    chosen = parser.parse_args()
    chosen.scenario, chosen.server = chosen.scenario or NAMES, chosen.server or list(SERVERS)
    return chosen


def _missing() -> str | None:
    if not (services.has_postgres() and services.has_redis()):
        return "PostgreSQL and Redis must be installed; on Debian: apt install postgresql redis-server"
    if not all(map(find_spec, ("granian", "matplotlib"))):
        return "this Python has no packages of requirements-benchmarks.txt; `make benchmark` installs them and runs."
    return None


@contextmanager
def _prepared_benchmark(chosen: argparse.Namespace, scenarios: list[Scenario]) -> Iterator[Benchmark]:
    kept_in = ROOT / "var" / "benchmarks" / "postgres" if chosen.keep else None
    with ExitStack() as stack:
        var = Path(stack.enter_context(TemporaryDirectory(prefix="heart-to-heart-benchmark-")))
        backends = stack.enter_context(running_backends(kept_in))
        load = stack.enter_context(LoadGenerator())
        servers = Servers(backends, var, stack)
        size = Size(chosen.members, chosen.blocks, chosen.posts)
        new_sessions = (WARM_UP + round(NEW_SESSIONS_PER_SECOND * chosen.seconds)) * chosen.rounds
        divisors = {contender.divisor for scenario in scenarios for contender in scenario.contenders}
        request_data = {
            divisor: servers.seed(size._replace(posts=size.posts // divisor), new_sessions if divisor == 1 else 0)
            for divisor in sorted(divisors)
        }
        yield Benchmark(servers, load, size, request_data)


def _measure(benchmark: Benchmark, scenarios: list[Scenario], chosen: argparse.Namespace) -> report.Results:
    """Measure each contender in each round, in the opposite order in every other round."""
    for scenario in scenarios:
        benchmark.compare_posts(scenario)
    steps = [
        (scenario, contender)
        for number in range(chosen.rounds)
        for scenario in scenarios
        for contender in scenario.contenders[:: -1 if number % 2 else 1]
    ]
    results: report.Results = defaultdict(list)
    for scenario, contender in ProgressBar(sys.stderr).track(steps, "measurements", len(steps)):
        measured = benchmark.measure(scenario, contender, chosen.seconds)
        results[scenario.name, contender.label].append(measured)
    return results


if __name__ == "__main__":
    sys.exit(main())
