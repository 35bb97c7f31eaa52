"""Processes of the finished image, started by whatever can run it: Docker, Podman, buildah.

IMAGE_RUN names the command that runs it on the network of this machine, without the image's own entrypoint, for example
`docker run --rm --network host --read-only --tmpfs /tmp --entrypoint= `; IMAGE is the image's name.
"""

import os
import shlex
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

ENTRYPOINT = "/app/deploy/image/entrypoint.sh"
# How long a container may take to end. Seconds.
STOP_SECONDS = 90.0


def command(environment: Mapping[str, str], *words: str) -> list[str]:
    """The command that runs these words in a new container with this environment."""
    options = [word for name, value in environment.items() for word in ("-e", f"{name}={value}")]
    return [*shlex.split(os.environ["IMAGE_RUN"]), *options, os.environ["IMAGE"], *words]


def run(environment: Mapping[str, str], *words: str) -> str:
    """Run these words in a container until they end, and return their output. Raises AssertionError if they fail."""
    done = subprocess.run(command(environment, *words), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@contextmanager
def running(environment: Mapping[str, str], log: Path, *role: str) -> Iterator[None]:
    """Run the container of a role until the block ends; then it ends by SIGTERM."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            command(environment, ENTRYPOINT, *role), stdout=output, stderr=output, start_new_session=True
        )
    try:
        yield
        assert process.poll() is None, log.read_text()
    finally:
        # The engine's own process hands the signal on, or its children get it as well.
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(STOP_SECONDS)
