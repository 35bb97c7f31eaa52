"""Services for tests, started when a fixture first asks for one (PostgreSQL, Redis, S3, Chromium); order of tests."""

import os
import re
import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing
from pathlib import Path

import pytest
import redis
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from playwright.sync_api import Browser, Page, expect, sync_playwright

from libs.switches.states import states
from libs.throttling import rate_limits
from media.processing import sandbox
from tests import services
from tests.demo_server import MIGRATED, Services, SharedData, migrated_database
from tests.legs import SECOND_LEG

# How long a page may take to show something, which a busy machine needs.
BROWSER_MILLISECONDS = 60_000
# Where coverage finds what to measure, and where a sandbox finds how to write it.
COVERAGE_CONFIG, SANDBOX_COVERAGE = "COVERAGE_PROCESS_CONFIG", Path(__file__).with_name("sandbox_coverage")


def pytest_report_header() -> str:
    """Say which services this run uses."""
    database = settings.DATABASES["default"]["ENGINE"].rpartition(".")[2]
    shared = "Redis" if settings.REDIS_URL else "the cache of the process"
    return f"on: {database}, {shared}, {'Chromium' if services.chromium() else 'no Chromium: no browser tests'}"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put slow tests first, and those that share a browser or an S3 server together; leave out what cannot run.

    With several processes, one begins with the slow tests while the others work through all the rest.
    """
    marks = {"browser": not services.chromium(), "one_leg": SECOND_LEG in os.environ}
    left_out = {item for item in items for mark in item.iter_markers() if marks.get(mark.name)}
    config.hook.pytest_deselected(items=list(left_out))
    items[:] = sorted((item for item in items if item not in left_out), key=_rank)


def _rank(item: pytest.Item) -> int:
    if item.get_closest_marker("slow"):
        return 0
    if item.get_closest_marker("browser"):
        return 1
    return 2 if "s3_url" in getattr(item, "fixturenames", ()) else 3


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    """Empty what other tests have cached and counted; each test process has a cache of its own."""
    cache.clear()
    rate_limits.process_counters.clear()


@pytest.fixture(autouse=True)
def _all_switches_on() -> None:
    """Start with all switches on, which are read from the database only after a test has turned one."""
    states.hold()


@pytest.fixture(autouse=True)
def _no_listed_words() -> None:
    """Start without listed words, which are read from the database only by tests of them."""
    # Needs the models, which are not loaded when this module is imported.
    from moderation.words import word_list

    word_list.hold()


@pytest.fixture(scope="session", autouse=True)
def _measured_sandboxes() -> None:
    """Have `make coverage` measure the sandboxes of decoders too, which get nothing of our environment."""
    if COVERAGE_CONFIG in os.environ:
        sandbox.ENVIRONMENT[COVERAGE_CONFIG] = os.environ[COVERAGE_CONFIG]
        sandbox.ENVIRONMENT["PYTHONPATH"] += f"{os.pathsep}{SANDBOX_COVERAGE}"


@pytest.fixture(scope="session", autouse=True)
def _shared_data(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Have all test processes of this run, and their servers, start from the same migrated and seeded data."""
    folder = tmp_path_factory.getbasetemp()
    SharedData.folder = (folder.parent if is_one_of_many() else folder) / "shared-data"


def is_one_of_many() -> bool:
    """Whether there are other test processes in this run."""
    return "PYTEST_XDIST_WORKER" in os.environ


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None, _shared_data: None) -> Iterator[None]:
    """Have the first of several test processes migrate, and all of them copy its database."""
    if not is_one_of_many():
        yield
    elif "DATABASE_URL" in os.environ:
        with migrated_database(Services(os.environ["DATABASE_URL"], settings.REDIS_URL)):
            connection.settings_dict["TEST"]["TEMPLATE"] = MIGRATED
        yield
    else:
        # Django's test database is in memory, as long as there is a connection to it.
        name = connection.creation._get_test_db_name()  # type: ignore[attr-defined]
        with closing(sqlite3.connect(name, uri=True)) as memory:
            with migrated_database(None) as files, closing(sqlite3.connect(files / "db.sqlite3")) as migrated:
                migrated.backup(memory)
            yield


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A PostgreSQL to make databases in; TEST_POSTGRES_URL, or one that lives as long as this run."""
    yield from _given_or_started("TEST_POSTGRES_URL", services.has_postgres(), services.postgres_server())


@pytest.fixture(scope="session")
def redis_server_url() -> Iterator[str]:
    """A Redis; TEST_REDIS_URL, or one that lives as long as this run."""
    yield from _given_or_started("TEST_REDIS_URL", services.has_redis(), services.redis_server())


@pytest.fixture
def redis_url(redis_server_url: str) -> str:
    """An empty database of a real Redis: this test process's own."""
    number = re.sub(r"\D", "", os.environ.get("PYTEST_XDIST_WORKER", "")) or "0"
    url = re.sub(r"(:\d+)(/\d+)?$", rf"\1/{number}", redis_server_url)
    redis.Redis.from_url(url).flushdb()
    return url


def _given_or_started(name: str, installed: bool, server: AbstractContextManager[str]) -> Iterator[str]:
    if given := os.environ.get(name):
        yield given
    elif not installed:
        pytest.skip(f"needs a server that is not installed here; {name} can name one")
    else:
        with server as url:
            yield url


@pytest.fixture(scope="session")
def s3_url() -> Iterator[str]:
    """An S3 server, started once."""
    # Its import takes a second of each process, and most processes need none.
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The system's Chromium, started once."""
    expect.set_options(timeout=BROWSER_MILLISECONDS)
    # Playwright's loop runs in this thread, which Django takes for an asynchronous caller.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=services.chromium(), args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A browser window that has never been anywhere."""
    window = chromium.new_context(locale="en-US")
    window.set_default_timeout(BROWSER_MILLISECONDS)
    yield window.new_page()
    window.close()
