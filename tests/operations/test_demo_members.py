"""Everybody knows the password of the demo members, so production refuses a database with them."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import OperationalError
from django.db.models import QuerySet
from pytest_django import Settings

from config import gunicorn
from operations.demo_data import DEMO_MEMBER, DEMO_READER, DEMO_SUPERUSER
from tests.factories import MemberFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "email", [DEMO_MEMBER, DEMO_READER, DEMO_SUPERUSER, "yuna@heart.example", "member4@heart.example"]
)
def test_production_does_not_start_with_a_demo_member(settings: Settings, email: str) -> None:
    MemberFactory.create(email=email)
    gunicorn.post_worker_init(SimpleNamespace())
    settings.PRODUCTION = True
    with pytest.raises(ImproperlyConfigured, match="demo members"):
        gunicorn.post_worker_init(SimpleNamespace())


def test_the_check_before_a_deploy_names_the_demo_members(settings: Settings) -> None:
    settings.PRODUCTION = True
    call_command("check", databases=["default"], tags=["database"])
    MemberFactory.create(email=DEMO_SUPERUSER)
    with pytest.raises(SystemCheckError, match=r"operations\.E001"):
        call_command("check", databases=["default"], tags=["database"])


def test_production_starts_with_members_and_while_the_database_is_away(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.PRODUCTION, settings.OUTBOX_THREAD = True, False
    MemberFactory.create()
    gunicorn.post_worker_init(SimpleNamespace())

    def fail(rows: QuerySet[Any]) -> bool:
        raise OperationalError

    monkeypatch.setattr(QuerySet, "exists", fail)
    gunicorn.post_worker_init(SimpleNamespace())
