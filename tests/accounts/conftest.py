"""What the stories of members need: e-mails and the codes in them, and a database that threads really share."""

import re
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from email.message import Message
from pathlib import Path
from typing import Any, TypeVar

import pytest
from django.core.mail import EmailMultiAlternatives
from django.db import connection, connections
from pytest_django import Settings

from libs.throttling import rate_limits
from tests.accounts.phone import Phone
from tests.accounts.scripted_mail_server import ScriptedMailServer, running_mail_server

T = TypeVar("T")
CodeFor = Callable[[str], str]
AtOnce = Callable[[Sequence[Callable[[], Any]]], list[Any]]


def code_in(message: EmailMultiAlternatives | Message) -> str:
    """The code an e-mail holds, or "" when it holds none."""
    text = message.body if isinstance(message, EmailMultiAlternatives) else str(message.get_payload())
    found = re.search(r"^ {4}([A-Za-z0-9]{8})\r?$", str(text), re.MULTILINE)
    return found.group(1) if found else ""


@pytest.fixture(autouse=True)
def _nobody_counted() -> None:
    rate_limits.process_counters.clear()


@pytest.fixture
def phone() -> Phone:
    """A phone on which nobody is logged in."""
    return Phone()


@pytest.fixture
def code_for(run_jobs: Callable[[], None], mailoutbox: list[EmailMultiAlternatives]) -> CodeFor:
    """Asks for a code as a phone does, and reads it from the e-mail."""

    def ask(email: str) -> str:
        assert Phone().post("verification-codes", email=email).status_code == 202
        run_jobs()
        return code_in(mailoutbox[-1])

    return ask


@pytest.fixture
def proof_for(code_for: CodeFor) -> CodeFor:
    """The proof that somebody reads an address."""

    def prove(email: str) -> str:
        answer = Phone().post("verification-codes/confirm", email=email, code=code_for(email))
        return str(answer.json()["proof"])

    return prove


@pytest.fixture
def shared_db(transactional_db: None, tmp_path: Path) -> Iterator[None]:
    """A database that other connections see: on SQLite a file, since tests run in a memory database."""
    if connection.vendor != "sqlite":
        yield
        return
    memory = connections["default"]
    config = memory.settings_dict
    name, config["NAME"] = config["NAME"], str(tmp_path / "shared.sqlite3")
    memory.cursor().execute("VACUUM INTO %s", [config["NAME"]])
    del connections["default"]
    yield
    connections["default"].close()
    connections["default"] = memory
    config["NAME"] = name


@pytest.fixture
def at_once(shared_db: None) -> AtOnce:
    """Does several things at the same moment, each in a thread with connections of its own; their results in order."""

    def run(deeds: Sequence[Callable[[], T]]) -> list[T]:
        start = threading.Barrier(len(deeds))

        def do(deed: Callable[[], T]) -> T:
            try:
                start.wait(60)
                return deed()
            finally:
                connections.close_all()

        with ThreadPoolExecutor(len(deeds)) as pool:
            return list(pool.map(do, deeds))

    return run


@pytest.fixture
def mail_server(settings: Settings) -> Iterator[ScriptedMailServer]:
    """A mail server that e-mails go to, as in production but unencrypted."""
    with running_mail_server() as server:
        settings.EMAIL_BACKEND = "libs.email_delivery.SmtpBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", server.port, False
        settings.EMAIL_TIMEOUT = 0.3
        yield server
