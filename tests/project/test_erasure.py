"""An erased member is nowhere: not in a column, not in a file, not in the cache, but where docs/erasure.md says so."""

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

from accounts.models import Member, PasswordGuess, SecurityEvent
from libs.throttling import rate_limits
from media.models import Image
from moderation.models import Report, ReportedImage
from moderation.pseudonyms import address_digests, pseudonym
from posts.models import Post
from tests.accounts.conftest import code_for, proof_for  # noqa: F401 - fixtures
from tests.accounts.phone import Phone
from tests.android.conftest import app_of
from tests.factories import PostFactory, store_images, upload

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]
ROWS = re.findall(r"^\| `([a-z_.]+)` \|.*\| ([^|]+) \|$", (ROOT / "docs/erasure.md").read_text(), re.MULTILINE)
KEPT = {where for where, _ in ROWS}
LASTING = {where for where, how_long in ROWS if how_long == "lasting"}
Needles = list[str]


class Life:
    """All that a member can leave behind: Mina's, who was on the staff once."""

    def __init__(self, mina: Member, jun: Member, sora: Member, work: Callable[[], None]) -> None:
        self.mina, self.jun, self.sora, self.work = mina, jun, sora, work
        self.phone, self.other = Phone(), Phone.of(jun)

    def live(self, code_for: Callable[[str], str], client: Client) -> None:  # noqa: F811 - the fixture's name
        """Sign in and out, show, say, follow, block, report and be reported."""
        code_for(self.mina.email)
        self.sign_in()
        self.say()
        self.work()
        self.point()
        self.work()
        self.serve(client)
        self.mina.suspend(timezone.now() + timedelta(days=400))

    def sign_in(self) -> None:
        """With a wrong password, a right one, and a refresh token that comes twice."""
        self.phone.sign_in(self.mina.email, "wrong password")
        self.phone.sign_in(self.mina.email, device="Mina's own phone")
        old = self.phone.pair["refresh"]
        for _ in range(2):
            self.phone.keep(self.phone.refresh())
        self.phone.refresh(old)
        assert SecurityEvent.objects.filter(member=self.mina).exists()
        self.phone.sign_in(self.mina.email)

    def say(self) -> None:
        """An avatar, a post with two pictures, a picture that nothing shows, a feed read, relations both ways."""
        self.mina.update(about="Mina, by the sea")
        self.phone.put("me/avatar", image_id=str(self.picture("Mina herself")))
        images = [str(self.picture("Mina's garden")) for _ in range(2)]
        assert self.phone.post("posts", text="Mina was here", image_ids=images).status_code == 201
        self.picture("Mina's secret")
        app_of(self.mina).posts()
        self.phone.put(f"follows/{self.jun.pk}"), self.jun.follow(self.mina)
        self.sora.block(self.mina), self.mina.block(self.sora)

    def picture(self, alt: str) -> int:
        """The id of a picture of hers."""
        [image] = store_images([upload()], owner=self.mina, alts=[alt])
        return image.pk

    def point(self) -> None:
        """Reports by her and on her, one of them decided."""
        post = Post.objects.get(author=self.mina)
        jun_s = PostFactory.create(author=self.jun)
        about = {"post_id": str(post.pk), "reason": "nudity", "text": "Mina again"}
        assert self.other.post("reports", **about).status_code == 201
        assert self.other.post("reports", member_id=str(self.mina.pk), reason="spam").status_code == 201
        assert self.phone.post("reports", post_id=str(jun_s.pk), reason="hate", text="says Mina").status_code == 201
        Report.objects.get(subject=self.mina, about="member").uphold()

    def serve(self, client: Client) -> None:
        """An admin session, and lines of the admin's log by her and about her."""
        Member.objects.filter(pk=self.mina.pk).update(is_staff=True)
        client.force_login(self.mina)
        post = Post.objects.get(author=self.mina)
        for user, thing in ((self.mina, self.jun), (self.sora, self.mina), (self.sora, post)):
            LogEntry.objects.log_actions(user.pk, [thing], CHANGE, change_message="Mina was warned", single_object=True)

    def needles(self) -> Needles:
        """Everything that could name her: ids, address, names, keys of files, and what is made of these."""
        ids = [self.mina.pk, *self.mina.sessions.values_list("pk", flat=True)]
        ids += [*Post.objects.filter(author=self.mina).values_list("pk", flat=True)]
        images = Image.objects.filter(owner=self.mina)
        keys = [*images.values_list("key", flat=True), *ReportedImage.objects.values_list("key", flat=True)]
        digests = [pseudonym(self.mina.pk), *address_digests(self.mina.email)]
        digests += list(PasswordGuess.objects.values_list("key", flat=True))
        names = [self.mina.email, self.mina.password, "mina"]
        return [str(needle) for needle in (*ids, *images.values_list("pk", flat=True), *keys, *digests, *names)]

    def end(self) -> None:
        """Withdraw, wait, be erased; the outbox and every sweep run."""
        self.mina.withdraw()
        with time_machine.travel(timezone.now() + timedelta(days=settings.WITHDRAWAL_GRACE_DAYS, minutes=1)):
            self.keep_house()
            assert not Member.objects.filter(pk=self.mina.pk).exists()

    def keep_house(self) -> None:
        """What schedule and worker do."""
        # It says by exiting that there was nothing to do.
        with suppress(SystemExit), TestCase.captureOnCommitCallbacks(execute=True):
            call_command("cleanup")
        self.work()


@pytest.fixture
def life(
    mina: Member,
    jun: Member,
    sora: Member,
    work: Callable[[], None],
    code_for: Callable[[str], str],  # noqa: F811 - the fixture
    client: Client,
) -> Life:
    lived = Life(mina, jun, sora, work)
    lived.live(code_for, client)
    return lived


def columns() -> Iterator[tuple[str, str]]:
    """Every value of every column of every table that Django knows, as text, with its place."""
    for model in apps.get_models(include_auto_created=True):
        fields = model._meta.concrete_fields
        for row in model._base_manager.values_list(*(field.attname for field in fields)):
            for field, value in zip(fields, row, strict=True):
                yield f"{model._meta.db_table}.{field.column}", _told(model, str(value)).lower()


def _told(model: type[Any], value: str) -> str:
    """What a value says; admin sessions are packed."""
    if model is not Session or not value.startswith("."):
        return value
    packed = value[1:].partition(":")[0]
    return zlib.decompress(urlsafe_b64decode(packed + "=" * (-len(packed) % 4))).decode()


def held_in_cache() -> str:
    """All keys and values of the cache, and of the counters of rates, as one text."""
    if not settings.REDIS_URL:
        return f"{getattr(cache, '_cache', {})} {vars(rate_limits.process_counters)}".lower()
    server = redis.Redis.from_url(settings.REDIS_URL)
    values = [(key, server.get(key) if server.type(key) == b"string" else b"") for key in server.scan_iter()]
    return str(values).lower()


def found(needles: Needles) -> set[str]:
    """Where something of hers still is."""
    wanted = [needle.lower() for needle in needles]
    places = {place for place, value in columns() if any(needle in value for needle in wanted)}
    return places | ({"cache"} if any(needle in held_in_cache() for needle in wanted) else set())


def files() -> set[str]:
    return {str(at.relative_to(settings.MEDIA_ROOT)) for at in Path(settings.MEDIA_ROOT).rglob("*.*")}


def test_the_search_sees_a_whole_life(life: Life) -> None:
    everywhere = found(life.needles())
    assert everywhere >= {"accounts_member.email", "posts_post.text", "media_image.key", "accounts_loginsession.device"}
    assert everywhere >= {"django_session.session_data", "django_admin_log.object_repr", "outbox_job.payload"}
    assert everywhere >= {"accounts_passwordguess.key", "accounts_verificationcode.email", "accounts_avatar.member_id"}


def test_only_what_the_docs_list_is_left_of_an_erased_member(life: Life) -> None:
    needles = life.needles()
    life.end()
    assert found(needles) <= KEPT
    assert files() & {f"{key}.full.jpg" for key in needles} == {
        f"{picture.key}.full.jpg" for picture in ReportedImage.objects.all()
    }


def test_in_the_end_only_pseudonyms_are_left(life: Life) -> None:
    needles = life.needles()
    life.end()
    with time_machine.travel(timezone.now() + timedelta(days=settings.BANNED_EMAIL_DAYS + 30)):
        life.keep_house()
    with time_machine.travel(timezone.now() + timedelta(days=settings.BANNED_EMAIL_DAYS + 60)):
        life.keep_house()
    cache.clear()
    assert found(needles) == LASTING
    assert not [name for name in files() if any(name.startswith(needle) for needle in needles)]


def test_every_row_of_the_docs_is_a_place_that_exists() -> None:
    places = {f"{model._meta.db_table}.{field.column}" for model in apps.get_models() for field in model._meta.fields}
    assert KEPT - places == {"cache"}
    assert LASTING
