"""A staging host on loopback: the scripts of deploy/staging with a real nginx, servers and outbox workers."""

import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.deploy.compose_stack import NGINX_MAIN
from tests.deploy.releases import Change, copy_release
from tests.server_process import ROOT
from tests.services import die_along, free_port, program

INSTALL = "#!/bin/sh\nln -sfn {venv} .venv\n"


class StagingHost:
    """Two slots behind nginx; each deployment runs the scripts as CodeDeploy does."""

    def __init__(self, folder: Path, settings: Mapping[str, str]) -> None:
        self.folder, self.root, self.state = folder, folder / "root", folder / "state"
        self.ports = {"8081": free_port(), "8082": free_port()}
        self.metrics = {number: free_port() for number in ("9181", "9182", "9183", "9184")}
        self.edge = free_port()
        for each in (self.root, self.state, self.state / "conf.d", self.state / "units"):
            each.mkdir()
        (self.state / "environment").write_text("".join(f"{name}={value}\n" for name, value in settings.items()))
        install = folder / "install.sh"
        install.write_text(INSTALL.format(venv=Path(sys.prefix)))
        self.environment = {
            "PATH": f"{Path(str(program('nginx'))).parent}{os.pathsep}{os.environ['PATH']}",
            "HEART_ROOT": str(self.root),
            "NGINX_CONF": str(self.state / "conf.d"),
            "UNITS": str(self.state / "units"),
            "STATE": str(self.state),
            "BLUE_PORT": str(self.ports["8081"]),
            "GREEN_PORT": str(self.ports["8082"]),
            "SYSTEMCTL": f"{sys.executable} {ROOT / 'tests/deploy/fake_systemctl.py'}",
            "NGINX_COMMAND": f"nginx -p {self.state} -e stderr -c {self.state / 'nginx.conf'}",
            "ENVIRONMENT_FILE": str(self.state / "environment"),
            "INSTALL": f"sh {install}",
            # There is no user of that name.
            "AS_SERVICE_USER": "env",
            "READY_SECONDS": "30",
            "WATCH_SECONDS": "4",
        }

    def deploy(self, change: Change | None = None) -> tuple[int, str]:
        """Release this project, with a change, as CodeDeploy does; returns the code of the last step and all output."""
        bundle, output = self._make_bundle(change), ""
        for step in ("prepare", "start", "switch"):
            code, text = self.run(f"{step}.sh", bundle)
            output += text
            if code:
                break
        return code, output

    def run(self, script: str, bundle: Path | None = None) -> tuple[int, str]:
        """Run a script of the bundle, or of the live release; returns its code and its output."""
        at = bundle or self.root / "live"
        environment = self.environment | {"BUNDLE": str(at)}
        done = subprocess.run(
            [str(at / "deploy/staging" / script)], env=environment, capture_output=True, text=True, check=False
        )
        return done.returncode, done.stdout + done.stderr

    def stop(self) -> None:
        """Stop both slots and their workers."""
        for unit in ("heart-web@blue", "heart-web@green", "heart-outbox@blue", "heart-outbox@green"):
            command = [*self.environment["SYSTEMCTL"].split(), "stop", unit]
            subprocess.run(command, env=self.environment, check=False)

    def log(self, unit: str) -> str:
        """What the processes of a unit wrote."""
        return (self.state / f"{unit}.log").read_text()

    def answered_by_the_other_slot(self) -> Counter[str]:
        """How many requests nginx has repeated with success, by their method."""
        lines = (line.split() for line in (self.state / "access.log").read_text().splitlines())
        return Counter(line[1] for line in lines if re.fullmatch(r"502,2\d\d", line[3]))

    def _make_bundle(self, change: Change | None) -> Path:
        bundle = self.folder / "bundle"
        copy_release(bundle)
        self._replace(bundle / "deploy/nginx/heart.conf", {"listen 80;": f"listen 127.0.0.1:{self.edge};"})
        self._replace(bundle / "deploy/nginx/heart.conf", {"/var/log/nginx": str(self.state)})
        for slot in ("blue", "green"):
            numbers = {number: str(port) for number, port in (self.ports | self.metrics).items()}
            self._replace(bundle / f"deploy/staging/systemd/{slot}.env", numbers)
        if change:
            change(bundle)
        return bundle

    @staticmethod
    def _replace(file: Path, changes: Mapping[str, str]) -> None:
        text = file.read_text()
        for before, after in changes.items():
            text = text.replace(before, after)
        file.write_text(text)


@contextmanager
def staging_host(folder: Path, settings: Mapping[str, str]) -> Iterator[StagingHost]:
    """A host with nginx and nothing released yet."""
    host = StagingHost(folder, settings)
    user = "user root;" if os.getuid() == 0 else ""
    main = NGINX_MAIN.format(folder=host.state, user=user, includes=f"include {host.state}/conf.d/*.conf;")
    (host.state / "nginx.conf").write_text(main.replace(f"pid {host.state}/pid;", f"pid {host.state}/nginx.pid;"))
    (host.state / "conf.d/none.conf").write_text(f"server {{ listen 127.0.0.1:{free_port()}; }}")
    nginx = subprocess.Popen(host.environment["NGINX_COMMAND"].split(), env=host.environment, preexec_fn=die_along)  # noqa: PLW1509
    try:
        yield host
    finally:
        host.stop()
        nginx.terminate()
        nginx.wait()
