"""Phones with the app on them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.mail import EmailMultiAlternatives

from accounts.models import Member
from accounts.sessions import token_rotation
from libs.throttling import rate_limits
from tests.accounts.conftest import at_once, code_in, shared_db  # noqa: F401 - fixtures
from tests.android.app import App, Session
from tests.android.okhttp import in_process

CodeFor = Callable[[str], str]
RunJobs = Callable[[], None]


@pytest.fixture(autouse=True)
def _nobody_counted() -> None:
    rate_limits.process_counters.clear()


@pytest.fixture(autouse=True)
def image_folder(tmp_path: Path, settings: Any) -> Path:
    """A folder of its own for the images of each test, and for all other files of the server."""
    disk = {"default": {"BACKEND": "media.storage.local.LocalStorage", "OPTIONS": {"location": tmp_path}}}
    settings.VAR_DIR, settings.MEDIA_ROOT, settings.STORAGES = tmp_path, tmp_path, settings.STORAGES | disk
    return tmp_path


@pytest.fixture
def app() -> App:
    """A phone on which nobody is logged in."""
    return App(in_process())


def app_of(member: Member) -> App:
    """A phone of this member; skips the login screen."""
    pair = token_rotation.start_session(member, audience="android", device="Android", network="192.0.2.0/24")
    session = Session(member.pk, str(pair.access), str(pair.refresh), member.email, member.name, member.nickname)
    return App(in_process(), session)


@pytest.fixture
def mina_app(mina: Member) -> App:
    """Mina's phone."""
    return app_of(mina)


@pytest.fixture
def jun_app(jun: Member) -> App:
    """Jun's phone."""
    return app_of(jun)


@pytest.fixture
def code_for(db: None, app: App, run_jobs: Callable[[], None], mailoutbox: list[EmailMultiAlternatives]) -> CodeFor:
    """Requests a code as the app does, and reads it from the e-mail."""

    def ask(email: str) -> str:
        app.ask_code(email)
        run_jobs()
        return code_in(mailoutbox[-1])

    return ask
