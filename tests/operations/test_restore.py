"""A dump of the database, restored into an empty one, serves members again (docs/backup.md)."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from operations.demo_data import DEMO_MEMBER, DEMO_PASSWORD, DEMO_READER
from tests.demo_server import Services, demo_server
from tests.polling import wait_until
from tests.server_process import ROOT, ServerProcess, running_server
from tests.services import free_port, program

needs_postgresql = pytest.mark.skipif("DATABASE_URL" not in os.environ, reason="needs PostgreSQL")
RESTORED = "restored_from_dump"


class Phone:
    """A device of a demo member, logged in to a server."""

    def __init__(self, server: ServerProcess, email: str) -> None:
        body = {"email": email, "password": DEMO_PASSWORD, "device": "phone"}
        answer = httpx.post(f"{server.url}/api/v1/sessions", json=body, trust_env=False, timeout=60)
        assert answer.status_code == 201, answer.text
        self.headers = {"Authorization": f"Bearer {answer.json()['access']}"}
        self.server = server

    def get(self, path: str) -> httpx.Response:
        url = f"{self.server.url}/api/v1/{path}"
        return httpx.get(url, headers=self.headers, trust_env=False, timeout=60)

    def feed(self) -> list[Any]:
        return [post["id"] for post in self.get("posts").json()["results"]]


def manage(server: ServerProcess, *words: str) -> str:
    command = [sys.executable, "manage.py", *words, "--as", "taylor"]
    run = subprocess.run(command, cwd=ROOT, env=server.environment, capture_output=True, text=True, check=True)
    return run.stdout + run.stderr


@contextmanager
def restored(server: ServerProcess, dump: Path) -> Iterator[ServerProcess]:
    """The same server, started anew on an empty database into which the dump was restored."""
    services = Services(os.environ["DATABASE_URL"], os.environ["REDIS_URL"])
    services.execute(f"DROP DATABASE IF EXISTS {RESTORED} WITH (FORCE)")
    services.execute(f"CREATE DATABASE {RESTORED} TEMPLATE template0")
    url = services.database(RESTORED)
    command = [str(program("pg_restore")), "--no-owner", "--exit-on-error", f"--dbname={url}", str(dump)]
    subprocess.run(command, check=True, capture_output=True)
    port = str(free_port())
    own = {"DATABASE_URL": url, "REDIS_URL": services.empty_redis(), "PORT": port}
    # Images keep their URLs.
    environment = server.environment | own | {"PUBLIC_URL": server.url}
    try:
        with running_server(environment, server.var, log_name="restored.log") as again:
            yield again
    finally:
        services.execute(f"DROP DATABASE {RESTORED} WITH (FORCE)")


@pytest.mark.slow
@needs_postgresql
def test_a_restored_server_logs_members_in_and_erases_again_who_was_erased(tmp_path: Path) -> None:
    dump, ids = tmp_path / "heart.dump", tmp_path / "ids"
    var = tmp_path / "server"
    var.mkdir()
    with demo_server(var) as server:
        phone, reader = Phone(server, DEMO_MEMBER), Phone(server, DEMO_READER)
        before, reader_id = phone.feed(), reader.get("me").json()["id"]
        url = server.environment["DATABASE_URL"]
        command = [str(program("pg_dump")), "--format=custom", "--no-owner", f"--file={dump}", url]
        subprocess.run(command, check=True, capture_output=True)
        # What happens after the backup.
        assert "erasure started" in manage(server, "member", "erase", reader_id, "--yes")
        wait_until(lambda: phone.get(f"members/{reader_id}").status_code == 404)
        server.stop()
        with restored(server, dump) as again:
            manage(again, "member", "end-sessions", "--all", "--yes")
            # Not a stolen token, of which an e-mail would tell: the session has ended.
            phone.server = again
            assert phone.get("me").json()["code"] == "session_ended"
            phone = Phone(again, DEMO_MEMBER)
            assert phone.feed() == before
            assert phone.get(f"members/{reader_id}").status_code == 200
            ids.write_text(f"{reader_id}\n")
            manage(again, "member", "erase", "--ids", str(ids), "--yes")
            wait_until(lambda: phone.get(f"members/{reader_id}").status_code == 404)
