"""`manage.py seed`: generated rows in a real database, with real files."""

import hashlib
import io
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts.models import Block, Follow, Member
from comments.models import Comment, CommentMention
from libs.commands.progress_bar import ProgressBar
from libs.keyset.ids import RANDOM_BITS
from libs.keyset.models import TimeOrdered
from media.image_urls import SUFFIXES, file_name
from media.models import Image
from moderation.actions.undo import undo
from moderation.models import Decision, Report
from notifications.models import Kind, Notification, NotificationActor
from operations.demo_data import DEMO_MEMBER, DEMO_PASSWORD, DEMO_STAFF, DEMO_SUPERUSER
from operations.demo_data.bulk_load import without_indexes
from operations.demo_data.generate import DemoData
from operations.demo_data.load import FIELDS, load
from operations.management.commands import seed
from posts.models import Post, PostMention, PostTag
from posts.recount import recount
from tests.factories import MemberFactory
from tests.moderation.staff import restore_roles

PASSWORD = "a password for all members"
DATA = DemoData(members=9, posts=30, blocks=4, images=2, seed=1, until=datetime(2026, 11, 24, 9, tzinfo=UTC))


def _load(**changes: Any) -> None:
    load(replace(DATA, **changes), PASSWORD, ProgressBar(io.StringIO()), nullcontext())


def _digest(**changes: Any) -> str:
    """A digest of all rows, without what differs each time: password salts and counted ids."""
    digest = hashlib.sha256()
    with transaction.atomic():
        _load(**changes)
        for model in FIELDS:
            columns = [field.attname for field in model._meta.local_fields if field.attname != "password"]
            columns = [name for name in columns if name != "id" or issubclass(model, TimeOrdered)]
            for row in model._base_manager.order_by(*columns).values_list(*columns):
                digest.update(repr(row).encode())
        transaction.set_rollback(True)
    return digest.hexdigest()


def _constraints() -> list[Any]:
    with connection.cursor() as cursor:
        return [connection.introspection.get_constraints(cursor, model._meta.db_table) for model in FIELDS]


@pytest.fixture
def new_files() -> Callable[[], set[str]]:
    """Returns the names of the image files that were stored since the test began."""

    def stored() -> set[str]:
        return {str(path) for path in Path(default_storage.path("")).rglob("*.*")}

    before = stored()
    return lambda: stored() - before


@pytest.mark.django_db
def test_the_same_seed_makes_the_same_rows_and_another_seed_does_not() -> None:
    first = _digest()
    assert _digest() == first
    assert _digest(seed=2) != first


@pytest.mark.django_db
def test_the_requested_numbers_are_loaded_and_no_table_is_empty() -> None:
    _load()
    assert (Member.objects.count(), Post.objects.count(), Block.objects.count()) == (9 + len(DEMO_STAFF), 30, 4)
    assert all(model._base_manager.exists() for model in FIELDS)


@pytest.mark.django_db
def test_ids_begin_with_the_time_at_which_the_row_was_created() -> None:
    _load()
    for model in (Member, Block, Follow, Image, Post, Comment, Report):
        for pk, created_at in model._base_manager.values_list("pk", "created_at"):
            assert pk >> RANDOM_BITS == round(created_at.timestamp() * 1_000)


@pytest.mark.django_db
def test_some_comments_are_replies_and_all_are_counted() -> None:
    _load(comments=60)
    replies = Comment.objects.filter(parent__isnull=False).select_related("parent")
    assert Comment.objects.count() == 60
    assert 0 < len(replies) < 60
    for reply in replies:
        assert reply.parent is not None
        assert (reply.parent.parent_id, reply.parent.post_id) == (None, reply.post_id)
        assert reply.created_at >= reply.parent.created_at
    assert recount(list(Post.objects.values_list("pk", flat=True)), correct=False) == []


@pytest.mark.django_db
def test_some_posts_and_comments_mention_members_whom_their_authors_see() -> None:
    _load(posts=200, comments=200)
    for model, author in ((PostMention, "post__author"), (CommentMention, "comment__author")):
        mentions = model._default_manager.select_related(author)
        assert 3 < len(mentions) < 100
        for mention in mentions:
            subject = getattr(mention, model.subject)
            assert subject.has_mentions
            assert Member.objects.visible_to(subject.author).exclude(pk=subject.author_id).filter(pk=mention.member_id)
    mentioning = PostMention.objects.values("post").distinct().count()
    assert Post.objects.filter(has_mentions=True).count() == mentioning


@pytest.mark.django_db
def test_some_posts_have_tags_and_all_of_these_are_indexed() -> None:
    _load(posts=100)
    posts = list(Post.objects.all())
    assert 5 < PostTag.objects.values("post").distinct().count() < 50
    assert PostTag.objects.index(posts) == 0


@pytest.mark.django_db
def test_hearts_follows_and_comments_of_late_have_notifications() -> None:
    _load()
    kinds = set(Notification.objects.values_list("kind", flat=True))
    assert kinds == {Kind.HEART, Kind.COMMENT, Kind.REPLY, Kind.FOLLOW}
    assert not NotificationActor.objects.filter(actor=F("notification__member")).exists()
    assert Notification.objects.count() < NotificationActor.objects.count()
    hearts = Notification.objects.filter(kind=Kind.HEART)
    assert any(hearts.visible_to(each.member).exists() for each in hearts[:5])
    assert min(Notification.objects.values_list("latest_at", flat=True)) > DATA.until - timedelta(days=91)


@pytest.mark.django_db
def test_as_many_reports_are_open_as_asked_for_and_each_of_the_others_has_its_decision() -> None:
    _load(members=40, posts=100, reports=60, open_reports=12)
    # Those on the moderator stay open, too.
    on_sora = Report.objects.filter(subject__email=DEMO_SUPERUSER).count()
    assert 12 <= Report.objects.open().count() <= 12 + on_sora < 60
    actions = {"dismissed": "dismiss_report", "upheld": "warn_member"}
    for report in Report.objects.exclude(state=Report.OPEN):
        decision = Decision.objects.get(pk=report.decision_id or 0)
        assert (decision.action, decision.member_id) == (actions[report.state], report.subject_id)
        assert decision.created_at == report.decided_at


@pytest.mark.django_db
def test_a_decision_of_the_demo_data_can_be_undone() -> None:
    _load(reports=20, open_reports=12)
    sora = Member.objects.get(email=DEMO_SUPERUSER)
    for decision in Decision.objects.all():
        undo(decision, by=sora, reason="mistake")
    assert Report.objects.open().count() == 20


@pytest.mark.django_db
def test_every_member_logs_in_with_the_given_password(api: APIClient) -> None:
    _load()
    for email in Member.objects.values_list("email", flat=True):
        body = {"email": email, "password": PASSWORD, "device": "phone"}
        assert api.post("/api/v1/sessions", body, format="json").status_code == 201


@pytest.mark.django_db
def test_only_the_staff_may_enter_the_admin_and_one_of_them_is_a_superuser(client: Client) -> None:
    restore_roles()
    _load()
    staff = {email: role for email, *_, role in DEMO_STAFF} | {DEMO_SUPERUSER: None}
    members = Member.objects.filter(is_staff=True).values_list("email", "groups__name")
    assert dict(members) == staff
    assert Member.objects.get(is_superuser=True).email == DEMO_SUPERUSER
    for email in staff:
        client.force_login(Member.objects.get(email=email))
        assert client.get("/admin/").status_code == 200


@pytest.mark.django_db
def test_images_with_files_have_every_variant_and_the_size_in_their_row() -> None:
    _load(members=3, posts=4, blocks=0, images=50)
    images = list(Image.objects.all())
    assert images
    for image in images:
        assert all(default_storage.exists(file_name(image.key, variant)) for variant in SUFFIXES)
        assert default_storage.size(file_name(image.key, "full")) == image.bytes
        assert image.blurhash


@pytest.mark.django_db
def test_a_bulk_load_restores_every_constraint_and_index() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("Indexes are dropped on PostgreSQL only.")
    before, progress = _constraints(), ProgressBar(io.StringIO())
    load(DATA, PASSWORD, progress, without_indexes(progress))
    assert _constraints() == before
    block = Block.objects.all()[0]
    with pytest.raises(IntegrityError), transaction.atomic():
        Block.objects.create(blocker=block.blocker, blocked=block.blocked)


@pytest.mark.django_db(transaction=True)
def test_the_demo_data_is_loaded_without_dropping_an_index() -> None:
    before = _constraints()
    with CaptureQueriesContext(connection) as queries:
        call_command("seed", "--images=0")
    assert not [query["sql"] for query in queries if query["sql"].lstrip().startswith(("ALTER", "DROP"))]
    assert _constraints() == before


@pytest.mark.django_db(transaction=True)
def test_large_numbers_are_loaded_in_bulk(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(seed, "BULK", 10)
    call_command("seed", "--members=5", "--posts=9", "--blocks=2", "--images=0")
    is_bulk = connection.vendor == "postgresql"
    assert ("indexes " in capsys.readouterr().err) == is_bulk
    assert Post.objects.count() == 9


@pytest.mark.django_db
def test_a_failed_load_leaves_neither_rows_nor_files(new_files: Callable[[], set[str]]) -> None:
    MemberFactory.create(email=DEMO_MEMBER.upper())
    with pytest.raises(IntegrityError):
        _load()
    assert Member.objects.count() == 1
    assert not Post.objects.exists()
    assert not new_files()


@pytest.mark.django_db(transaction=True)
def test_the_command_loads_once_and_prints_whom_to_log_in_as(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("seed", "--members=5", "--posts=3", "--blocks=2", "--images=0", "--until=2026-11-24T09:00:00Z")
    printed = capsys.readouterr()
    assert DEMO_MEMBER in printed.out
    assert DEMO_PASSWORD in printed.out
    assert "posts                       3 in" in printed.err
    call_command("seed", "--if-empty")
    assert capsys.readouterr().out == "There are members already; nothing to do.\n"
    assert Follow.objects.exists()
    assert Member.objects.count() == 5 + len(DEMO_STAFF)


@pytest.mark.django_db
def test_a_database_with_members_is_not_seeded(mina: Member) -> None:
    with pytest.raises(CommandError, match="There are members already"):
        call_command("seed")


def test_no_account_with_a_known_password_is_made_in_production(settings: Settings) -> None:
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match="does not run in production"):
        call_command("seed", "--if-empty")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (["--members=2"], "At least 3 members"),
        (["--members=5", "--blocks=6"], "at most 5 blocks"),
        (["--password=short"], "at least 15 characters"),
        (["--until=2026-11-24T09:00:00"], "no UTC offset"),
        (["--posts=-1"], "at least 0 of others"),
    ],
)
def test_options_that_make_no_sense_are_refused_with_a_reason(options: list[str], reason: str) -> None:
    with pytest.raises(CommandError, match=reason):
        call_command("seed", *options)
    assert not Member.objects.exists()
