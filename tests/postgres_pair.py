"""A PostgreSQL primary and a standby that follows it by streaming replication, both of which can be killed."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from tests.services import (
    STOP_SECONDS,
    die_along,
    free_port,
    init_postgres,
    program,
    server_folder,
    server_owner,
    wait_for_server,
)

# What a crash of the machine would lose is not what is tested.
OPTIONS = ["fsync=off", "full_page_writes=off"]


@dataclass
class PostgresServer:
    """A PostgreSQL with its data in `folder`."""

    folder: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def data(self) -> str:
        """The directory of its data."""
        return str(self.folder / "data")

    @property
    def host(self) -> str:
        """Its address, as it stands in a URL."""
        return f"127.0.0.1:{self.port}"

    def url(self, database: str = "postgres") -> str:
        """The URL of one of its databases."""
        return f"postgres://postgres@{self.host}/{database}"

    def start(self) -> None:
        """Start it, again if it was killed, and return when it answers."""
        command = [str(program("postgres")), "-D", self.data, "-k", str(self.folder), "-h", "127.0.0.1"]
        command += ["-p", str(self.port), *(f"--{option}" for option in OPTIONS)]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                command,
                cwd=self.folder,
                user=server_owner(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                preexec_fn=die_along,  # noqa: PLW1509 - one call into the C library
            )
        wait_for_server(lambda: self.query("SELECT 1"), self.folder)

    def kill(self) -> None:
        """End all its processes at once, without a checkpoint or a word to a standby."""
        if self.process:
            self.process.send_signal(signal.SIGQUIT)
            self.process.wait(STOP_SECONDS)
            self.process = None

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to each of its processes (Linux only): SIGSTOP freezes it, SIGCONT lets it go on."""
        main = self.process.pid if self.process else 0
        others = Path(f"/proc/{main}/task/{main}/children").read_text().split()
        for pid in [main, *map(int, others)]:
            os.kill(pid, number)

    def query(self, statement: str, database: str = "postgres") -> list[Any]:
        """Run one statement outside any transaction, and return its rows."""
        with psycopg.connect(self.url(database), autocommit=True) as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []


@contextmanager
def postgres_pair() -> Iterator[tuple[PostgresServer, PostgresServer]]:
    """A new primary and its standby."""
    with server_folder("primary") as folder, server_folder("standby") as standby_folder:
        primary, standby = PostgresServer(folder), PostgresServer(standby_folder)
        init_postgres(primary.data, folder)
        try:
            primary.start()
            _copy(primary, standby)
            standby.start()
            yield primary, standby
        finally:
            standby.kill()
            primary.kill()


def _copy(primary: PostgresServer, standby: PostgresServer) -> None:
    """Make the standby by a base backup, with the settings to follow the primary."""
    command = [str(program("pg_basebackup")), "-D", standby.data, "-d", primary.url(), "-R", "-c", "fast", "--no-sync"]
    subprocess.run(command, cwd=standby.folder, user=server_owner(), check=True, capture_output=True)
