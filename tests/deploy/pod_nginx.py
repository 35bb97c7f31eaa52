"""The nginx of a pod as a process: its files, scripts and ports as the chart renders them, in a folder of its own."""

import os
import re
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.deploy.chart import containers, of_kind, pods
from tests.polling import wait_until
from tests.services import die_along, free_port, program

NAME = "heart-to-heart"
# What the containers have at these places lies in the folder.
PLACES = {"/etc/nginx": "etc", "/run/nginx": "run", "/var/cache/nginx": "cache", "/var/log/nginx": "log"}


class PodNginx:
    """One nginx, by the ports of its container: "http", "nlb-https", "nlb-http"."""

    def __init__(self, folder: Path, upstream: int, environment: str, changes: Mapping[str, str] = {}) -> None:
        self.folder = folder
        self.container = containers(pods(environment)[f"{NAME}-web"])["nginx"]
        self.ports = {each["name"]: free_port() for each in self.container["ports"]}
        numbers = {str(each["containerPort"]): self.ports[each["name"]] for each in self.container["ports"]}
        self._changes = {**changes, "127.0.0.1:8000": f"127.0.0.1:{upstream}"}
        self._changes |= {place: str(folder / name) for place, name in PLACES.items()}
        for name in PLACES.values():
            (folder / name).mkdir()
        self._write_files(environment, numbers)
        self.environment = {each["name"]: each["value"] for each in self.container.get("env", [])}
        self.environment |= {"PATH": f"{Path(str(program('nginx'))).parent}{os.pathsep}{os.environ['PATH']}"}

    def start(self) -> None:
        """Run the command of the container, until it accepts connections."""
        command = self.words(self.container["command"])
        self.process = subprocess.Popen(command, env=self.environment, process_group=0, preexec_fn=die_along)  # noqa: PLW1509
        wait_until(lambda: (self.folder / "run/nginx.pid").exists() or self.process.poll() is not None)
        assert self.process.poll() is None, (self.folder / "log/error.log").read_text()

    def drain(self) -> "subprocess.Popen[bytes]":
        """Run the preStop hook of the container."""
        hook = self.container["lifecycle"]["preStop"]["exec"]["command"]
        return subprocess.Popen(self.words(hook), env=self.environment, preexec_fn=die_along)  # noqa: PLW1509

    def kill(self) -> None:
        """Kill it with its workers, as the end of a container does."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        """End it at once."""
        self.process.terminate()
        self.process.wait()

    def words(self, command: list[str]) -> list[str]:
        """A command of the pod, with the places of this machine."""
        return [self._translate(word) for word in command]

    def _write_files(self, environment: str, ports: Mapping[str, int]) -> None:
        data = of_kind(environment, "ConfigMap")[f"{NAME}-nginx"]["data"]
        (volume,) = [each for each in pods(environment)[f"{NAME}-web"]["spec"]["volumes"] if each["name"] == "nginx"]
        for item in volume["configMap"]["items"]:
            file, text = self.folder / "etc" / item["path"], self._translate(data[item["key"]])
            for number, port in ports.items():
                text = re.sub(rf"listen {number};", f"listen 127.0.0.1:{port};", text)
                text = re.sub(rf"(?<=[ ^]){number}(?= )", str(port), text)
            if item["key"] == "nginx.conf" and os.getuid() == 0:
                # An nginx of root gives its workers to somebody who may not write here.
                text = "user root;\n" + text
            file.parent.mkdir(exist_ok=True)
            file.write_text(text)
            file.chmod(item.get("mode", 0o644))

    def _translate(self, text: str) -> str:
        for before, after in self._changes.items():
            text = text.replace(before, after)
        return text


@contextmanager
def pod_nginx(
    folder: Path, upstream: int, environment: str = "production", changes: Mapping[str, str] = {}
) -> Iterator[PodNginx]:
    """Run it, and end it afterwards."""
    nginx = PodNginx(folder, upstream, environment, changes)
    nginx.start()
    try:
        yield nginx
    finally:
        nginx.stop()
