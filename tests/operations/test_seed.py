"""`manage.py seed`: the planned town in a real database, with real files."""

import hashlib
import io
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts.models import Block, Follow, Member
from media.image_urls import SUFFIXES, file_name
from media.models import Image
from operations.demo import DEMO_MEMBER, DEMO_MODERATOR, DEMO_PASSWORD
from operations.demo_data.build import TABLES, build
from operations.demo_data.plan import Plan
from operations.progress_bar import ProgressBar
from posts.models import Post
from tests.factories import MemberFactory

PASSWORD = "a password for the whole town"


def _plan(**changes: Any) -> Plan:
    plan = Plan(members=9, posts=30, blocks=4, drawings=2, seed=1, until=datetime(2026, 11, 24, 9, tzinfo=UTC))
    return replace(plan, **changes)


def _build(**changes: Any) -> None:
    build(_plan(**changes), PASSWORD, ProgressBar(io.StringIO()))


def _digest(**changes: Any) -> str:
    """Everything the planned town has in the database, but for what cannot be the same: salt and counters."""
    digest = hashlib.sha256()
    with transaction.atomic():
        _build(**changes)
        for model in TABLES:
            columns = [field.attname for field in model._meta.local_fields if field.attname != "password"]
            columns = [name for name in columns if name != "id" or model._meta.label != "posts.PostImage"]
            for row in model._base_manager.order_by(*columns).values_list(*columns):
                digest.update(repr(row).encode())
        transaction.set_rollback(True)
    return digest.hexdigest()


@pytest.fixture
def files() -> Callable[[], set[str]]:
    """The names of the pictures' files that came since the test began."""

    def stored() -> set[str]:
        return {str(path) for path in Path(default_storage.path("")).rglob("*.*")}

    before = stored()
    return lambda: stored() - before


@pytest.mark.django_db
def test_the_same_seed_builds_the_same_town_and_another_one_does_not() -> None:
    first = _digest()
    assert _digest() == first
    assert _digest(seed=2) != first


@pytest.mark.django_db
def test_numbers_are_kept_and_no_table_is_empty() -> None:
    _build()
    assert (Member.objects.count(), Post.objects.count(), Block.objects.count()) == (9, 30, 4)
    assert all(model._base_manager.exists() for model in TABLES)


@pytest.mark.django_db
def test_everybody_signs_in_with_the_given_password(api: APIClient) -> None:
    _build()
    for email in Member.objects.values_list("email", flat=True):
        body = {"email": email, "password": PASSWORD, "device": "phone"}
        assert api.post("/api/v1/sessions", body, format="json").status_code == 201


@pytest.mark.django_db
def test_the_moderator_may_enter_the_admin_and_nobody_else(client: Client) -> None:
    _build()
    assert list(Member.objects.filter(is_staff=True).values_list("email", flat=True)) == [DEMO_MODERATOR]
    client.force_login(Member.objects.get(email=DEMO_MODERATOR))
    assert client.get("/admin/").status_code == 200


@pytest.mark.django_db
def test_drawn_pictures_have_every_variant_and_the_size_they_say() -> None:
    _build(members=3, posts=4, blocks=0, drawings=50)
    images = list(Image.objects.all())
    assert images
    for image in images:
        assert all(default_storage.exists(file_name(image.key, variant)) for variant in SUFFIXES)
        assert default_storage.size(file_name(image.key, "full")) == image.bytes
        assert image.blurhash


@pytest.mark.django_db
def test_the_tables_are_guarded_as_they_were_before() -> None:
    def walls() -> list[Any]:
        with connection.cursor() as cursor:
            return [connection.introspection.get_constraints(cursor, model._meta.db_table) for model in TABLES]

    before = walls()
    _build()
    assert walls() == before
    block = Block.objects.all()[0]
    with pytest.raises(IntegrityError), transaction.atomic():
        Block.objects.create(blocker=block.blocker, blocked=block.blocked)


@pytest.mark.django_db
def test_a_town_that_cannot_be_built_leaves_neither_rows_nor_files(files: Callable[[], set[str]]) -> None:
    MemberFactory.create(email=DEMO_MEMBER.upper())
    with pytest.raises(IntegrityError):
        _build()
    assert Member.objects.count() == 1
    assert not Post.objects.exists()
    assert not files()


@pytest.mark.django_db(transaction=True)
def test_the_command_builds_once_and_tells_whom_to_sign_in_as(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("seed", "--members=5", "--posts=3", "--blocks=2", "--pictures=0", "--until=2026-11-24T09:00:00Z")
    told = capsys.readouterr()
    assert DEMO_MEMBER in told.out
    assert DEMO_PASSWORD in told.out
    assert "posts                       3 in" in told.err
    call_command("seed", "--if-empty")
    assert capsys.readouterr().out == "The town is there already.\n"
    assert Follow.objects.exists()
    assert Member.objects.count() == 5


@pytest.mark.django_db
def test_where_members_live_no_town_is_built(mina: Member) -> None:
    with pytest.raises(CommandError, match="There are members already"):
        call_command("seed")


def test_no_account_with_a_known_password_is_made_in_production(settings: Settings) -> None:
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match="refuses to in production"):
        call_command("seed", "--if-empty")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["--members=2"], "3 members at least"),
        (["--members=5", "--blocks=6"], "at most 5 blocks"),
        (["--password=short"], "at least 15 characters"),
        (["--until=2026-11-24T09:00:00"], "say the offset too"),
        (["--posts=-1"], "not a number from 0"),
    ],
)
def test_a_town_that_makes_no_sense_is_refused_with_a_reason(words: list[str], why: str) -> None:
    with pytest.raises(CommandError, match=why):
        call_command("seed", *words)
    assert not Member.objects.exists()
