"""Stands in for systemctl: starts what unit files say as ordinary processes, and keeps their ids in files.

`fake_systemctl.py restart|stop UNIT@SLOT`, `reload nginx`, and words that need nothing (daemon-reload, enable).
HEART_ROOT is where the units' /opt/heart-to-heart is, UNITS the folder of the unit files, STATE that of process ids.
"""

import os
import re
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

ROOT, UNITS, STATE = (Path(os.environ[name]) for name in ("HEART_ROOT", "UNITS", "STATE"))


def main(verb: str, *words: str) -> None:
    if verb == "reload":
        os.kill(int((STATE / "nginx.pid").read_text()), signal.SIGHUP)
    elif verb in ("restart", "stop"):
        stop(words[-1])
        if verb == "restart":
            start(words[-1])


def start(unit: str) -> None:
    name, _, slot = unit.partition("@")
    lines = [line.partition("=")[::2] for line in (UNITS / f"{name}@.service").read_text().splitlines()]
    lines = [(key, place(value, slot)) for key, value in lines]
    environment = {"PATH": os.environ["PATH"]}
    for key, value in lines:
        if key == "EnvironmentFile":
            pairs = (line.partition("=")[::2] for line in Path(value).read_text().splitlines())
            environment |= {name: place(setting, slot) for name, setting in pairs if name}
        elif key == "Environment":
            environment |= dict([value.partition("=")[::2]])
    command = re.sub(r"\$\{(\w+)\}", lambda found: environment[found[1]], dict(lines)["ExecStart"])
    with (STATE / f"{unit}.log").open("ab") as log:
        process = subprocess.Popen(
            command.split(), cwd=dict(lines)["WorkingDirectory"], env=environment, stdin=subprocess.DEVNULL,
            stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip
    (STATE / f"{unit}.pid").write_text(str(process.pid))


def place(value: str, slot: str) -> str:
    """Put the folders of the test in the place of those of the host."""
    value = value.replace("%i", slot).replace("/etc/heart-to-heart", str(STATE)).replace("/run/", f"{STATE}/run-")
    return value.replace("/opt/heart-to-heart", str(ROOT))


def stop(unit: str) -> None:
    file = STATE / f"{unit}.pid"
    if not file.exists():
        return
    pid = int(file.read_text())
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)
        # It is nobody's child any more, so nobody can wait for it.
        while Path(f"/proc/{pid}").exists() and "Z" not in Path(f"/proc/{pid}/stat").read_text().split(")")[1]:
            time.sleep(0.05)
    file.unlink()


if __name__ == "__main__":
    main(*sys.argv[1:])
