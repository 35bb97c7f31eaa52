"""PostgreSQL, Redis and Chromium for one test run: started on free ports, gone with whoever started them."""

import ctypes
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
import redis

from tests.polling import wait_until

# How long a server may take to end before it is killed. Seconds.
STOP_SECONDS = 30.0
# Both know letters beyond ASCII, which C does not; not every machine has both.
LOCALES = ("C.UTF-8", "en_US.UTF-8")
# Sockets that hold the ports given to tests of this process.
_reserved: list[socket.socket] = []
# Options of a PostgreSQL whose data nobody needs after a crash.
CARELESS = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=200")


def program(name: str) -> str | None:
    """Where `name` is: on PATH, or where Debian keeps servers, of PostgreSQL's the newest version first."""
    debian = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda at: -int(at.parts[-3]))
    return shutil.which(name) or shutil.which(name, path="/usr/sbin") or next(map(str, debian), None)


def chromium() -> str | None:
    """Where a Chromium is, by any of its names."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


def has_postgres() -> bool:
    """Whether PostgreSQL's server is installed."""
    return bool(program("initdb") and program("postgres"))


def has_redis() -> bool:
    """Whether Redis's server is installed."""
    return bool(program("redis-server"))


@contextmanager
def postgres_server(options: Sequence[str] = CARELESS, kept_in: Path | None = None) -> Iterator[str]:
    """The URL of a PostgreSQL: UTF-8, with a locale, and careless of crashes unless other options are given.

    It is fresh, and gone afterwards, unless a folder is named in which its data is kept.
    """
    with server_folder("postgres") if kept_in is None else _kept_folder(kept_in) as folder:
        data, port = str(folder / "data"), free_port()
        if not (folder / "data").exists():
            init_postgres(data, folder)
        command = [str(program("postgres")), "-D", data, "-k", str(folder), "-h", "127.0.0.1", "-p", str(port)]
        with _running([*command, *(f"--{option}" for option in options)], folder, signal.SIGINT):
            url = f"postgres://postgres@127.0.0.1:{port}/postgres"
            wait_for_server(lambda: psycopg.connect(url.replace("postgres:", "postgresql:", 1)).close(), folder)
            yield url


@contextmanager
def redis_server() -> Iterator[str]:
    """The URL of a fresh Redis that keeps nothing on disk."""
    with server_folder("redis") as folder, running_redis(folder, free_port()) as url:
        yield url


@contextmanager
def running_redis(folder: Path, port: int) -> Iterator[str]:
    """The URL of a Redis that starts with the snapshot in the folder, if there is one, and makes none by itself."""
    command = [str(program("redis-server")), "--port", str(port), "--bind", "127.0.0.1", "--save", ""]
    with _running(command, folder, signal.SIGTERM):
        url = f"redis://127.0.0.1:{port}/0"
        wait_for_server(lambda: redis.Redis.from_url(url).ping(), folder)
        yield url


def init_postgres(data: str, folder: Path) -> None:
    """Create a database cluster: UTF-8, with a locale, for a server that everybody on this machine may use."""
    command = [str(program("initdb")), "-D", data, "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--no-sync"]
    for locale in LOCALES:
        made = subprocess.run(
            [*command, f"--locale={locale}"],
            user=server_owner(),
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
        if made.returncode == 0:
            return
    raise RuntimeError(f"initdb made no database: {made.stderr}")


@contextmanager
def server_folder(name: str) -> Iterator[Path]:
    """A temporary directory that the servers may write to."""
    with tempfile.TemporaryDirectory(prefix=f"heart-to-heart-{name}-", ignore_cleanup_errors=True) as folder:
        if owner := server_owner():
            shutil.chown(folder, owner)
        yield Path(folder)


@contextmanager
def _kept_folder(folder: Path) -> Iterator[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    if owner := server_owner():
        shutil.chown(folder, owner)
    yield folder


def server_owner() -> str | None:
    """PostgreSQL refuses to run as root, so root runs servers as somebody who may do little."""
    if os.getuid() != 0:
        return None
    return "postgres" if "postgres" in {user.pw_name for user in pwd.getpwall()} else "nobody"


@contextmanager
def _running(command: list[str], folder: Path, stop: signal.Signals) -> Iterator[None]:
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            command,
            cwd=folder,
            user=server_owner(),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            preexec_fn=die_along,  # noqa: PLW1509 - one call into the C library, no lock that a thread could hold
        )
    try:
        yield
    finally:
        server.send_signal(stop)
        with suppress(subprocess.TimeoutExpired):
            server.wait(STOP_SECONDS)
        server.kill()
        server.wait()


def die_along() -> None:
    """In a server's process: end when the test run ends, though it be killed (PR_SET_PDEATHSIG of prctl(2))."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGINT)


def free_port() -> int:
    """A port that nobody listens on and that no other test gets, in this process or another, until this one ends.

    It lies below the ports that systems give to outgoing connections, so none of these takes it while a server that
    uses it starts or is stopped. It is reserved by its UDP port, which is held and which no server needs.
    """
    while True:
        port = 10_000 + secrets.randbelow(22_768)
        reservation = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            reservation.bind(("127.0.0.1", port))
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", port))
        except OSError:
            reservation.close()
        else:
            _reserved.append(reservation)
            return port


def wait_for_server(answer: Callable[[], object], folder: Path) -> None:
    """Call `answer` until it raises no error; raises RuntimeError with the server's log if it goes on doing so."""
    try:
        wait_until(lambda: (answer(), True), retry_on=(psycopg.OperationalError, redis.ConnectionError))
    except AssertionError as failure:
        raise RuntimeError((folder / "log").read_text()) from failure
