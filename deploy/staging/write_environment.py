#!/usr/bin/env python3
"""Write the settings of the staging host, which are SSM parameters, as the environment file of the units.

    python3 deploy/staging/write_environment.py [--host FILE] [--output FILE] [--group NAME]

The file of the host (terraform/staging/host.sh) names the path of the parameters; the last part of a parameter's name
is that of a setting. systemd and sh read the result: NAME='value'. Needs the AWS CLI and the role of the host, and
nothing of the release. Values are never printed.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path


def read_parameters(path: str) -> dict[str, str]:
    """Return the values below a path by the last part of their names."""
    query = ["--path", path, "--with-decryption", "--query", "Parameters[].[Name,Value]", "--output", "json"]
    done = subprocess.run(["aws", "ssm", "get-parameters-by-path", *query], stdout=subprocess.PIPE, check=True)
    return {name.rpartition("/")[2]: value for name, value in json.loads(done.stdout)}


def environment_file(settings: dict[str, str]) -> str:
    """Return the lines for systemd and sh. Raises ValueError for a name or a value that one of them would misread."""
    for name, value in settings.items():
        if not re.fullmatch("[A-Z][A-Z0-9_]*", name):
            raise ValueError(f"{name} is no name of a setting.")
        if re.search(r"['\n\r\0]", value):
            raise ValueError(f"The value of {name} contains an apostrophe or a line break.")
    return "".join(f"{name}='{value}'\n" for name, value in sorted(settings.items()))


def write(text: str, output: Path, group: str) -> None:
    """Replace a file as a whole, readable for its owner and the group of the server only."""
    with tempfile.NamedTemporaryFile("w", dir=output.parent, delete=False) as new:
        new.write(text)
    shutil.chown(new.name, group=group)
    Path(new.name).chmod(0o640)
    Path(new.name).replace(output)


def main() -> int:
    """Write the file. If that is not possible, leave the former one and return 1."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--host", type=Path, default=Path("/etc/heart-to-heart/host.env"))
    parser.add_argument("--output", type=Path, default=Path("/etc/heart-to-heart/environment"))
    parser.add_argument("--group", default="heart")
    options = parser.parse_args()
    host = dict(line.split("=", 1) for line in options.host.read_text().splitlines() if "=" in line)
    os.environ.setdefault("AWS_REGION", host["AWS_REGION"])
    try:
        settings = read_parameters(host["SETTINGS_PATH"])
        if not settings:
            raise ValueError(f"There are no parameters below {host['SETTINGS_PATH']}.")
        write(environment_file(settings), options.output, options.group)
    except (ValueError, subprocess.CalledProcessError) as error:
        sys.stderr.write(f"{options.output} was not written: {error}\n")
        return 1
    sys.stdout.write(f"{options.output} has {len(settings)} settings.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
