"""The server as it really runs: gunicorn, in processes of its own."""

import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample

from tests.polling import wait_until

ROOT = Path(__file__).resolve().parents[1]
# How long the server may take to end. Seconds.
STOP_SECONDS = 60.0
GUNICORN = (sys.executable, "-m", "gunicorn", "--config", "python:config.gunicorn")


@dataclass
class ServerProcess:
    """A server at `url` that keeps its files in `var`."""

    url: str
    var: Path
    environment: dict[str, str] = field(repr=False)
    # The file in `var` that its output goes to.
    log_name: str = "log"
    command: Sequence[str] = GUNICORN
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, again if it was stopped, and return when it is ready."""
        with (self.var / self.log_name).open("ab") as log:
            self.process = subprocess.Popen(
                self.command, cwd=ROOT, env=self.environment, stdout=log, stderr=log, start_new_session=True
            )
        self.wait_until_ready()

    def stop(self) -> int:
        """End it as a deployment does, and return its exit code when it has ended; 0 if it was not running."""
        if self.process is None:
            return 0
        self.process.terminate()
        code = self.process.wait(STOP_SECONDS)
        self.process = None
        return code

    def kill(self) -> None:
        """End master and workers at once, as a lost machine does: no request is finished, no line is logged."""
        if self.process:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(STOP_SECONDS)
            self.process = None

    def wait_until_ready(self) -> None:
        """Raise AssertionError with the server's output if it ends or is not ready in a minute."""
        try:
            state = wait_until(self._ready_or_ended, retry_on=(OSError,))
        except AssertionError as fault:
            raise AssertionError(f"the server was not ready in time: {self.log}") from fault
        assert state == "ready", f"the server ended: {self.log}"

    def _ready_or_ended(self) -> str:
        if self.process is None or self.process.poll() is not None:
            return "ended"
        urllib.request.urlopen(f"{self.url}/readyz", timeout=30).close()  # noqa: S310 - this server
        return "ready"

    @property
    def port(self) -> int:
        """Where it listens on this machine."""
        return urlsplit(self.url).port or 0

    @property
    def log(self) -> str:
        """All its output so far."""
        file = self.var / self.log_name
        return file.read_text() if file.is_file() else str(file)

    def metric(self, name: str, **labels: str) -> float:
        """The sum of what a metric has for these labels; 0 if there is none. The server needs a METRICS_PORT."""
        found = [each for each in self.samples() if each.name == name and labels.items() <= each.labels.items()]
        return sum(sample.value for sample in found)

    def samples(self) -> list[Sample]:
        """All that its metrics page says."""
        # Not by httpx, which the environment of the benchmarks has not.
        with urllib.request.urlopen(f"http://127.0.0.1:{self.environment['METRICS_PORT']}") as page:
            text = page.read().decode()
        return [sample for family in text_string_to_metric_families(text) for sample in family.samples]

    def workers(self) -> list[int]:
        """The ids of its processes without the master (Linux only)."""
        master = self.process.pid if self.process else 0
        return [int(pid) for pid in Path(f"/proc/{master}/task/{master}/children").read_text().split()]

    @property
    def mail(self) -> Path:
        """The folder of the e-mails it sent."""
        return self.var / "mail"


@contextmanager
def running_server(
    environment: dict[str, str], var: Path, log_name: str = "log", command: Sequence[str] = GUNICORN
) -> Iterator[ServerProcess]:
    """Run a server with these settings, on the data that is there; end it afterwards."""
    server = ServerProcess(f"http://127.0.0.1:{environment['PORT']}", var, environment, log_name, command)
    try:
        server.start()
        yield server
    finally:
        server.stop()


def server_environment(var: Path, port: int) -> dict[str, str]:
    """The settings of a server on SQLite, and nothing else of the environment that would change it."""
    inherited = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    own = {"PORT": str(port), "VAR_DIR": str(var), "OUTBOX_THREAD": "on", "DJANGO_SETTINGS_MODULE": "config.settings"}
    return inherited | own
