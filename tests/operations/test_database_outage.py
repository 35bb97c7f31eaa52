"""The database goes away under load and comes back."""

import http.client
import json
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from urllib.parse import urlencode

import pytest

from operations.demo_data import DEMO_MEMBER, DEMO_PASSWORD
from tests.cuttable_proxy import SlowProxy
from tests.demo_server import demo_server
from tests.polling import wait_until
from tests.server_process import ServerProcess

pytestmark = pytest.mark.skipif("DATABASE_URL" not in os.environ, reason="SQLite is a file and never away")
CLIENTS, REQUESTS = 48, 10
# An orchestrator gives a probe a second or two; a busy test machine may need longer. Seconds.
PATIENCE = 10


@pytest.fixture(scope="module")
def database() -> SlowProxy:
    return SlowProxy(os.environ["DATABASE_URL"])


@pytest.fixture(scope="module")
def server(database: SlowProxy, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """A server whose database can be cut off."""
    services = {"DATABASE_URL": database.url, "REDIS_URL": os.environ["REDIS_URL"]}
    settings = {"OUTBOX_THREAD": "off", "DATABASE_STATEMENT_TIMEOUT": "3000"}
    with demo_server(tmp_path_factory.mktemp("server"), settings, services) as server:
        yield server


def ask(server: ServerProcess, path: str, token: str = "", times: int = 1) -> list[tuple[int, str | None, str]]:
    """Request the path so often on one connection; return status, Retry-After and body of each response."""
    answers = []
    with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)) as connection:
        for _ in range(times):
            connection.request("GET", path, headers={"Authorization": f"Bearer {token}"} if token else {})
            response = connection.getresponse()
            answers.append((response.status, response.headers["Retry-After"], response.read().decode()))
    return answers


def log_in(server: ServerProcess) -> str:
    """Return an access token of Mina, as soon as the process that is asked has found its database again."""
    body = json.dumps({"email": DEMO_MEMBER, "password": DEMO_PASSWORD})

    def post() -> str:
        with closing(http.client.HTTPConnection("127.0.0.1", server.port)) as connection:
            connection.request("POST", "/api/v1/sessions", body, {"Content-Type": "application/json"})
            return str(json.loads(connection.getresponse().read())["access"])

    return wait_until(post, retry_on=(KeyError,))


@pytest.fixture
def database_away(server: ServerProcess, database: SlowProxy) -> Iterator[None]:
    """Cuts the database off, until the server has noticed that it is back."""
    database.cut()
    yield
    database.restore()
    wait_until(lambda: ask(server, "/readyz")[0][0] == 200)


def send_form(server: ServerProcess, path: str, **fields: str) -> tuple[int, str | None, str]:
    """Send a form of a page for people as a browser does; return status, Retry-After and body."""
    token = "a" * 32
    headers = {"Cookie": f"csrftoken={token}", "Content-Type": "application/x-www-form-urlencoded"}
    with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)) as connection:
        connection.request("POST", path, urlencode(fields | {"csrfmiddlewaretoken": token}), headers)
        response = connection.getresponse()
        return response.status, response.headers["Retry-After"], response.read().decode()


def test_while_the_database_is_away_readers_are_refused_and_probes_answered(
    server: ServerProcess, database: SlowProxy
) -> None:
    token = log_in(server)
    database.cut()
    with ThreadPoolExecutor(CLIENTS + 2) as threads:
        readers = [threads.submit(ask, server, "/api/v1/posts", token, REQUESTS) for _ in range(CLIENTS)]
        livez, readyz = (threads.submit(ask, server, path, times=REQUESTS) for path in ("/livez", "/readyz"))
    refused = [answer for reader in readers for answer in reader.result()]
    assert {(status, wait, json.loads(body)["code"]) for status, wait, body in refused} == {(503, "2", "unavailable")}
    assert [status for status, *_ in livez.result()] == [200] * REQUESTS
    assert [status for status, *_ in readyz.result()] == [503] * REQUESTS
    # What was in progress is in the log, but not each request that was refused.
    assert server.log.count("Traceback") < len(refused) / 2
    database.restore()
    assert wait_until(lambda: ask(server, "/api/v1/posts", token)[0][0] == 200)
    assert wait_until(lambda: ask(server, "/readyz")[0][0] == 200)


@pytest.mark.usefixtures("database_away")
@pytest.mark.parametrize("path", ["/reset-password/", "/withdraw/", "/admin/login/"])
def test_while_the_database_is_away_pages_for_people_say_so(server: ServerProcess, path: str) -> None:
    status, wait, page = send_form(server, path, email=DEMO_MEMBER, username=DEMO_MEMBER, password=DEMO_PASSWORD)
    assert (status, wait) == (503, "2")
    assert "Try again in a few seconds." in page
    assert page.startswith("<!doctype html>")


@pytest.mark.usefixtures("database_away")
def test_while_the_database_is_away_no_shared_post_is_said_to_be_gone(server: ServerProcess) -> None:
    ((status, wait, page),) = ask(server, f"/p/{'a' * 22}")
    assert (status, wait) == (503, "2")
    assert "Try again in a few seconds." in str(page)


def test_a_database_that_hangs_is_waited_for_once_and_then_left_alone(
    server: ServerProcess, database: SlowProxy
) -> None:
    token = log_in(server)
    database.hold()
    try:
        with ThreadPoolExecutor(CLIENTS) as threads:
            readers = [threads.submit(ask, server, "/api/v1/posts", token, REQUESTS) for _ in range(CLIENTS)]
            assert ask(server, "/livez")[0][0] == 200
        answers = [answer[:2] for reader in readers for answer in reader.result()]
    finally:
        database.release()
    assert set(answers) == {(503, "2")}
    assert wait_until(lambda: ask(server, "/api/v1/posts", token)[0][0] == 200)
