"""A whole life of two phones on a bad network, against the server as it really runs, while others use v1."""

import logging
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import islice

import pytest

from accounts.sessions.tokens import LEEWAY
from tests.android.app import LoggedOut, Refused
from tests.android.image_files import fetched, is_public_and_bare, photo, width_of
from tests.android.other_members import OtherMember, members_posting
from tests.android.tunnel import REQUEST, Tunnel
from tests.android.user import User
from tests.demo_server import demo_server
from tests.server_process import ServerProcess
from tests.services import free_port

log = logging.getLogger(__name__)

SEED = "a train through the mountains"
# More than sixty pages of ten, whatever the neighbours delete meanwhile.
DEMO_DATA = ("--members", "4", "--posts", "640", "--blocks", "0", "--images", "4")
# With the leeway, so short that tokens expire while somebody scrolls. Seconds.
ACCESS_TOKEN_SECONDS = 1
# Between one page and the next, for whoever reads. Seconds.
THUMB = 0.1
PASSWORD = "Secret#1234"
MINA, JUN = "mina.kim@phone.example", "jun@phone.example"
# What was done, and both phones do not hear it the first time.
WRITES = (
    "emailVerificationCode", "join", "login", "uploadAvatar", "registerPost", "block", "unblock", "report",
    "deletePost", "deleteMember",
)  # fmt: skip


@dataclass
class Life:
    """The server, its counters, and every phone that was ever switched on."""

    server: ServerProcess
    metrics: int
    phones: list[User] = field(default_factory=list)

    def phone(self) -> User:
        """A new one, whose losses are its own."""
        host, _, port = self.server.url.removeprefix("http://").partition(":")
        self.phones.append(User(Tunnel(host, int(port), f"{SEED} {len(self.phones)}")))
        return self.phones[-1]

    def total(self, of: Callable[[Tunnel], Counter[tuple[str, str]]]) -> Counter[tuple[str, str]]:
        """A counter over all phones."""
        return sum((of(phone.tunnel) for phone in self.phones), Counter[tuple[str, str]]())


@pytest.fixture
def life(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Life]:
    """Limits are those of production: a life stays within them, however often it has to try again."""
    metrics = free_port()
    also = {
        "ANDROID_ACCESS_TOKEN_SECONDS": str(ACCESS_TOKEN_SECONDS),
        "METRICS_PORT": str(metrics),
        "RATE_LIMITS": "on",
        # A busy machine may take longer than an outage of Redis is allowed to; this story has no outage.
        "REDIS_TIMEOUT": "20",
    }
    with demo_server(tmp_path_factory.mktemp("life"), also, demo_data=DEMO_DATA) as server:
        yield Life(server, metrics)


@pytest.mark.slow
def test_two_phones_live_a_whole_life_on_a_bad_network(
    life: Life, record_testsuite_property: Callable[[str, object], None]
) -> None:
    mina, jun = life.phone(), life.phone()
    for call in WRITES:
        mina.tunnel.lose_answers(call, 1)
        jun.tunnel.lose_answers(call, 1)
    with members_posting(life.server.url) as others:
        they_join(life, mina, jun)
        they_start_the_app_long_after(mina)
        they_show_themselves(mina, jun)
        they_write_with_pictures(mina, jun)
        they_scroll_while_others_post(mina, others)
        they_lose_renewals_and_stay(mina)
        they_part_and_make_up(mina, jun)
        they_report(jun, mina)
        they_take_a_post_back(mina, jun)
        they_use_a_second_phone(life, mina)
        they_log_out_and_in(mina)
        they_leave_and_come_back(life, mina, jun)
    checks = sum(phone.checks for phone in life.phones)
    record_testsuite_property("protocol checks", checks)
    log.info("%d protocol checks, %s lost", checks, dict(life.total(lambda tunnel: tunnel.lost)))
    the_server_has_kept_its_temper(life)
    the_server_has_counted_the_same(life)


def they_join(life: Life, mina: User, jun: User) -> None:
    mina.sign_up(MINA, PASSWORD, life.server.mail, name="김미나", nickname="미나")
    jun.sign_up(JUN, PASSWORD, life.server.mail, name="이준", nickname="준")
    assert mina.sure(mina.profile)["nickname"] == "미나"
    assert jun.sure(jun.own_posts) == []


def they_start_the_app_long_after(phone: User) -> None:
    """The access token is over; the app renews it at its start."""
    rest()
    before = login(phone)
    phone.insist(phone.start)
    assert login(phone) != before
    assert "GLOBAL_104" in {code for call, code in phone.tunnel.answered if call == "verifyAccessToken"}


def they_show_themselves(*phones: User) -> None:
    for phone in phones:
        profile = phone.sure(partial(phone.upload_avatar, photo("gold")))
        # The smaller variant may be made by now.
        avatar_url = phone.sure(phone.profile)["avatar_url"]
        assert [
            url.removesuffix(".full.jpg").removesuffix(".thumb.webp") for url in (avatar_url, profile["avatar_url"])
        ] == [profile["avatar_url"].removesuffix(".full.jpg")] * 2
        is_public_and_bare(profile["avatar_url"])


def they_write_with_pictures(mina: User, jun: User) -> None:
    """None, one, and as many as the app allows, under the names that a phone gives them; half of a post is none."""
    seven = {f"사진 {number}\n.jpg": photo("navy", width=300 + number) for number in range(7)}
    for content, files in [("First snow <3", {}), ("바다 🌊\n", {"sea.jpg": photo("teal")}), ("All of it", seven)]:
        mina.tunnel.cut_requests("registerPost", 1)
        post = mina.publish(content, files)
        urls = post["image_urls"] or []
        assert [is_public_and_bare(url) for url in urls] == [width_of(file) for file in files.values()]
    jun.publish("Hello, Mina")
    assert mina.sure(mina.profile)["post_size"] == len(mina.sure(mina.own_posts))


def they_scroll_while_others_post(mina: User, others: OtherMember) -> None:
    """Nothing twice, and nothing left out that stood the whole time."""
    written, before, expired = others.written, others.everything(), mina.tunnel.answered["posts", "AUTH_008"]
    feed = [post for page in mina.pages(THUMB) for post in page]
    seen = [post["id"] for post in feed]
    stood = before & others.everything()
    assert others.written > written
    assert mina.tunnel.answered["posts", "AUTH_008"] > expired
    assert len(seen) > 60 * 10
    assert len(seen) == len(set(seen))
    assert not stood - set(seen)
    assert all("***@" in post["writer_email"] for post in feed if post["writer_id"] != me(mina))


def they_lose_renewals_and_stay(phone: User) -> None:
    """Each comes with the refresh token whose answer was lost, and the last is answered for good."""
    rest()
    before, lost = login(phone), phone.tunnel.lost.total()
    phone.tunnel.lose_answers("reissueToken", 3)
    phone.sure(phone.profile)
    assert phone.tunnel.lost.total() >= lost + 3
    assert login(phone) != before
    assert phone.tunnel.answered["reissueToken", "AUTH_007"] == 0


def they_part_and_make_up(mina: User, jun: User) -> None:
    assert jun.sees(me(mina))
    jun.insist(partial(jun.block, me(mina)), "MEMBER_006")
    with pytest.raises(Refused, match="MEMBER_006"):
        jun.sure(partial(jun.block, me(mina)))
    assert not jun.sees(me(mina))
    assert not mina.sees(me(jun))
    assert [member["id"] for member in jun.sure(jun.blocking)["members"]] == [me(mina)]
    jun.insist(partial(jun.unblock, me(mina)))
    assert jun.sees(me(mina))
    assert mina.sees(me(jun))


def they_report(jun: User, mina: User) -> None:
    for _ in range(2):
        assert jun.sure(partial(jun.report, me(mina)))["target_id"] == me(mina)


def they_take_a_post_back(mina: User, jun: User) -> None:
    """One's own goes, at once; somebody else's does not."""
    post = mina.publish("Never mind")
    with pytest.raises(Refused, match="POST_004"):
        jun.insist(partial(jun.delete_post, post["id"]))
    assert jun.shows(post["id"])
    mina.insist(partial(mina.delete_post, post["id"]), "POST_004")
    assert not jun.shows(post["id"])


def they_use_a_second_phone(life: Life, first: User) -> None:
    """Each has a login of its own, and its own place in the feed."""
    second = life.phone()
    second.insist(partial(second.login, MINA, PASSWORD))
    walks = [list[int](), list[int]()]
    for pages in islice(zip(first.pages(THUMB), second.pages(THUMB), strict=True), 10):
        for walk, page in zip(walks, pages, strict=True):
            walk += [post["id"] for post in page]
    assert [len(set(walk)) for walk in walks] == [100, 100]
    second.insist(second.logout, "AUTH_010")
    assert second.session is None
    first.sure(first.profile)


def they_log_out_and_in(phone: User) -> None:
    """The response to the logout is lost as well; the second request is refused, as the session is over."""
    phone.tunnel.lose_answers("logout", 1)
    phone.insist(phone.logout, "AUTH_010")
    assert phone.session is None
    phone.insist(partial(phone.login, MINA, PASSWORD))
    assert len(phone.sure(phone.own_posts)) == 3


def they_leave_and_come_back(life: Life, mina: User, jun: User) -> None:
    other, gone = life.phone(), me(mina)
    other.insist(partial(other.login, MINA, PASSWORD))
    mina.insist(mina.delete_account, "AUTH_007")
    assert mina.session is None
    with pytest.raises(LoggedOut, match="AUTH_007"):
        other.sure(other.posts)
    assert not jun.sees(gone)
    mina.insist(partial(mina.login, MINA, PASSWORD))
    assert me(mina) == gone
    assert mina.sure(mina.own_posts)


def the_server_has_kept_its_temper(life: Life) -> None:
    log = (life.server.var / "log").read_text()
    assert "status=200" in log
    assert not re.findall(r"^.*(?:Traceback|status\W+5\d\d|\[error|\[critical).*$", log, re.MULTILINE)


def the_server_has_counted_the_same(life: Life) -> None:
    """What the phones were answered, and beyond that at most what was cut off on its way there."""
    exchanges, cut = life.total(lambda tunnel: tunnel.answered), life.total(lambda tunnel: tunnel.lost)
    data = fetched(f"http://127.0.0.1:{life.metrics}/metrics").decode()
    lines = re.findall(r'^h2h_android_calls_total\{call="(\w+)",code="([\w ]+)"\} (\S+)$', data, re.MULTILINE)
    counted = Counter({(call, code): round(float(number)) for call, code, number in lines})
    assert not exchanges - counted
    assert (counted - exchanges).total() <= sum(number for (_, fate), number in cut.items() if fate == REQUEST)


def rest() -> None:
    """Until the access token is over."""
    time.sleep(ACCESS_TOKEN_SECONDS + LEEWAY + 0.5)


def me(phone: User) -> int:
    assert phone.session
    return phone.session.member_id


def login(phone: User) -> str:
    assert phone.session
    return phone.session.refresh
