"""Nothing of an erased member is left in columns, files or the cache, except what docs/erasure.md lists."""

import re
import zlib
from base64 import urlsafe_b64decode
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import redis
import time_machine
from django.apps import apps
from django.conf import settings
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.core.management import call_command
from django.test import Client, TestCase
from django.utils import timezone

from accounts import erasure
from accounts.models import Member, PasswordGuess, SecurityEvent
from comments.models import Comment
from libs.throttling import rate_limits
from media.models import Image
from media.storage import image_files
from moderation.actions import get_action
from moderation.appeals import appeal
from moderation.models import Report, ReportedImage
from moderation.pseudonyms import address_digests, pseudonym
from posts.models import Post, PostShare
from tests.accounts.conftest import code_for, proof_for  # noqa: F401 - fixtures
from tests.accounts.phone import Phone
from tests.android.conftest import app_of
from tests.factories import PostFactory, store_images, upload

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]
ROWS = re.findall(r"^\| `([a-z_.]+)` \|.*\| ([^|]+) \|$", (ROOT / "docs/erasure.md").read_text(), re.MULTILINE)
KEPT = {where for where, _ in ROWS}
LASTING = {where for where, how_long in ROWS if how_long == "lasting"}
Traces = list[str]


class MemberData:
    """Data of all kinds that a member can have: Mina's, who was a moderator once."""

    def __init__(self, mina: Member, jun: Member, sora: Member, run_jobs: Callable[[], None]) -> None:
        self.mina, self.jun, self.sora, self.run_jobs = mina, jun, sora, run_jobs
        self.phone, self.other = Phone(), Phone.of(jun)

    def create(self, code_for: Callable[[str], str], client: Client) -> None:  # noqa: F811 - the fixture's name
        """Log in and out, publish, follow, block, report and be reported."""
        code_for(self.mina.email)
        self.log_in()
        self.publish()
        self.run_jobs()
        self.report()
        self.run_jobs()
        self.moderate(client)
        self.mina.suspend(timezone.now() + timedelta(days=400))

    def log_in(self) -> None:
        """With a wrong password, a right one, and a refresh token that is used twice."""
        self.phone.log_in(self.mina.email, "wrong password")
        self.phone.log_in(self.mina.email, device="Mina's own phone")
        old = self.phone.pair["refresh"]
        for _ in range(2):
            self.phone.store_tokens(self.phone.refresh())
        self.phone.refresh(old)
        assert SecurityEvent.objects.filter(member=self.mina).exists()
        self.phone.log_in(self.mina.email)

    def publish(self) -> None:
        """An avatar, a post with two images, an unused image, a page of the feed, relations and hearts both ways."""
        self.mina.update(about="Mina, by the sea")
        self.phone.put("me/avatar", image_id=str(self.upload_image("Mina herself")))
        images = [str(self.upload_image("Mina's garden")) for _ in range(2)]
        jun, mina = [str(self.jun.pk)], [str(self.mina.pk)]
        own = self.phone.post("posts", text="Mina was here #Mina", image_ids=images, mentions=jun)
        assert own.status_code == 201
        post, others = Post.objects.get(author=self.mina), PostFactory.create(author=self.jun)
        assert self.phone.put(f"posts/{post.pk}/share").status_code == 200
        for on, text in ((post, "Mina agrees"), (others, "Mina was here too")):
            comment = self.phone.post(f"posts/{on.pk}/comments", text=text).json()["id"]
            self.other.post(f"posts/{on.pk}/comments", text="Really?", reply_to=comment, mentions=mina)
        assert self.other.patch(f"posts/{others.pk}", text="Look", mentions=mina).status_code == 200
        self.upload_image("Mina's secret")
        app_of(self.mina).posts()
        self.phone.put(f"follows/{self.jun.pk}"), self.jun.follow(self.mina)
        self.phone.put(f"hearts/{others.pk}"), self.other.put(f"hearts/{post.pk}")
        newest = self.phone.get("notifications").json()["results"][0]["id"]
        self.phone.put("notifications/seen", id=newest), self.phone.patch("notifications/settings", report=False)
        self.phone.put("push-subscription", kind="token", address="a-token-of-this-phone", previews=True)
        self.sora.block(self.mina), self.mina.block(self.sora)

    def upload_image(self, alt: str) -> int:
        """Store an image of hers; its id."""
        [image] = store_images([upload()], owner=self.mina, alts=[alt])
        return image.pk

    def report(self) -> None:
        """Reports by her and on her, decisions about her, and her appeal."""
        post = Post.objects.get(author=self.mina)
        jun_s = PostFactory.create(author=self.jun)
        about = {"post_id": str(post.pk), "reason": "nudity", "text": "Mina again"}
        assert self.other.post("reports", **about).status_code == 201
        comments = Comment.objects.filter(author=self.mina)
        for comment in comments:
            assert self.other.post("reports", comment_id=str(comment.pk), reason="spam").status_code == 201
        get_action("remove_comment").run(comments[0], by=self.sora, reason="spam", text="Mina!")
        assert self.other.post("reports", member_id=str(self.mina.pk), reason="spam").status_code == 201
        assert self.phone.post("reports", post_id=str(jun_s.pk), reason="hate", text="says Mina").status_code == 201
        [reported] = Report.objects.filter(post=post)
        get_action("assign_report").run(reported, by=self.sora, reason="triage")
        warned = Report.objects.get(subject=self.mina, about="member")
        warning = get_action("warn_member").run(self.mina, by=self.sora, reason="spam", text="Mina!", report=warned)
        appeal(self.mina, warning.pk, "Mina was not there")
        get_action("mute_reporter").run(self.mina, by=self.sora, reason="abusive_reports")
        for action in ("reset_avatar", "reset_about", "reset_nickname"):
            get_action(action).run(self.mina, by=self.sora, reason="impersonation", text="Not Mina")

    def moderate(self, client: Client) -> None:
        """An admin session, a decision by her, and entries in the admin's log by her and about her."""
        Member.objects.filter(pk=self.mina.pk).update(is_staff=True, is_superuser=True)
        client.force_login(self.mina)
        get_action("warn_member").run(self.jun, by=Member.objects.get(pk=self.mina.pk), reason="spam")
        post = Post.objects.get(author=self.mina)
        for user, thing in ((self.mina, self.jun), (self.sora, self.mina), (self.sora, post)):
            LogEntry.objects.log_actions(user.pk, [thing], CHANGE, change_message="Mina was warned", single_object=True)

    def traces(self) -> Traces:
        """Everything that could identify her: ids, address, names, keys of files, and digests of these."""
        ids = [self.mina.pk, *self.mina.sessions.values_list("pk", flat=True)]
        ids += [*Comment.objects.filter(author=self.mina, post__author=self.mina).values_list("pk", flat=True)]
        ids += [*Post.objects.filter(author=self.mina).values_list("pk", flat=True)]
        images = Image.objects.filter(owner=self.mina)
        keys = [*images.values_list("key", flat=True), *ReportedImage.objects.values_list("key", flat=True)]
        digests = [pseudonym(self.mina.pk), *address_digests(self.mina.email)]
        digests += list(PasswordGuess.objects.values_list("key", flat=True))
        names = [self.mina.email, self.mina.password, "mina"]
        names += PostShare.objects.filter(post__author=self.mina).values_list("token", flat=True)
        return [str(trace) for trace in (*ids, *images.values_list("pk", flat=True), *keys, *digests, *names)]

    def erase(self) -> None:
        """Withdraw, wait for the end of the grace period, run the clean-up and all jobs; then decide open reports."""
        self.mina.withdraw()
        with time_machine.travel(timezone.now() + timedelta(days=settings.WITHDRAWAL_GRACE_DAYS, minutes=1)):
            self.clean_up()
            assert not Member.objects.filter(pk=self.mina.pk).exists()
        for report in Report.objects.open().filter(subject_digest=pseudonym(self.mina.pk)):
            get_action("uphold_report").run(report, by=self.sora, reason="gone")

    def clean_up(self) -> None:
        """Run the clean-up and the outbox."""
        # It says by exiting that there was nothing to do.
        with suppress(SystemExit), TestCase.captureOnCommitCallbacks(execute=True):
            call_command("cleanup")
        self.run_jobs()


@pytest.fixture
def data(
    mina: Member,
    jun: Member,
    sora: Member,
    run_jobs: Callable[[], None],
    code_for: Callable[[str], str],  # noqa: F811 - the fixture
    client: Client,
) -> MemberData:
    created = MemberData(mina, jun, sora, run_jobs)
    created.create(code_for, client)
    return created


def columns() -> Iterator[tuple[str, str]]:
    """Every value of every column of every table that Django knows, as text, with table and column."""
    for model in apps.get_models(include_auto_created=True):
        fields = model._meta.concrete_fields
        for row in model._base_manager.values_list(*(field.attname for field in fields)):
            for field, value in zip(fields, row, strict=True):
                yield f"{model._meta.db_table}.{field.column}", _readable(model, str(value)).lower()


def _readable(model: type[Any], value: str) -> str:
    """A value as readable text; sessions of the admin are compressed."""
    if model is not Session or not value.startswith("."):
        return value
    packed = value[1:].partition(":")[0]
    return zlib.decompress(urlsafe_b64decode(packed + "=" * (-len(packed) % 4))).decode()


def cache_content() -> str:
    """All keys and values of the cache, and of the counters of rate limits, as one text."""
    if not settings.REDIS_URL:
        return f"{getattr(cache, '_cache', {})} {vars(rate_limits.process_counters)}".lower()
    server = redis.Redis.from_url(settings.REDIS_URL)
    values = [(key, server.get(key) if server.type(key) == b"string" else b"") for key in server.scan_iter()]
    return str(values).lower()


def places_of(traces: Traces) -> set[str]:
    """The columns that still contain one of the traces, and "cache" if the cache does."""
    wanted = [trace.lower() for trace in traces]
    places = {place for place, value in columns() if any(trace in value for trace in wanted)}
    return places | ({"cache"} if any(trace in cache_content() for trace in wanted) else set())


def files() -> set[str]:
    return {str(at.relative_to(settings.MEDIA_ROOT)) for at in Path(settings.MEDIA_ROOT).rglob("*.*")}


def test_the_search_finds_traces_of_a_member_with_all_kinds_of_data(data: MemberData) -> None:
    everywhere = places_of(data.traces())
    assert everywhere >= {"accounts_member.email", "posts_post.text", "media_image.key", "accounts_loginsession.device"}
    assert everywhere >= {"django_session.session_data", "django_admin_log.object_repr", "outbox_job.payload"}
    assert everywhere >= {"accounts_passwordguess.key", "accounts_verificationcode.email", "moderation_appeal.text"}
    assert everywhere >= {
        "moderation_decision.subject_name",
        "moderation_withheldavatar.image_id",
        "comments_comment.text",
        "posts_postshare.token",
    }
    assert everywhere >= {
        "notifications_notification.member_id",
        "notifications_notification.post_id",
        "notifications_notificationactor.actor_id",
        "notifications_seenmarker.member_id",
        "notifications_disabledkind.member_id",
    }


@pytest.mark.parametrize("chunk", [1, erasure.CHUNK])
def test_only_what_the_docs_list_is_left_of_an_erased_member(
    data: MemberData, monkeypatch: pytest.MonkeyPatch, chunk: int
) -> None:
    monkeypatch.setattr(erasure, "CHUNK", chunk)
    traces = data.traces()
    data.erase()
    assert places_of(traces) <= KEPT
    assert not files() & {f"{key}.full.jpg" for key in traces}
    assert all(image_files.find_private(image.key) for image in ReportedImage.objects.all())


def test_after_all_retention_periods_only_pseudonyms_are_left(data: MemberData) -> None:
    traces = data.traces()
    data.erase()
    with time_machine.travel(timezone.now() + timedelta(days=settings.BANNED_EMAIL_DAYS + 30)):
        data.clean_up()
    with time_machine.travel(timezone.now() + timedelta(days=settings.BANNED_EMAIL_DAYS + 60)):
        data.clean_up()
    cache.clear()
    assert places_of(traces) == LASTING
    assert not [name for name in files() if any(name.startswith(trace) for trace in traces)]


def test_every_row_of_the_docs_names_an_existing_column() -> None:
    places = {f"{model._meta.db_table}.{field.column}" for model in apps.get_models() for field in model._meta.fields}
    assert KEPT - places == {"cache"}
    assert LASTING
