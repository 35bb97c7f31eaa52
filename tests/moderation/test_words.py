"""The list of words: what is refused, what is reported, however it is written, and what it costs."""

import unicodedata
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Member
from moderation.actions import available_actions, get_action
from moderation.actions.undo import undo
from moderation.errors import AlreadyDecided, NotPermitted, OptionInvalid
from moderation.models import Decision, ListedWord, Report, Rules
from moderation.words import find_words, word_list
from posts.models import Post
from tests.accounts.phone import Phone, code_of
from tests.android.app import Refused
from tests.android.conftest import app_of
from tests.factories import CommentFactory, PostFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _read_words() -> Iterator[None]:
    """Read the list in these tests."""
    word_list.forget()
    yield
    word_list.hold()


@pytest.fixture
def list_word(yuna: Member) -> Callable[..., Decision]:
    """Puts a word on the list, as Yuna does."""

    def add(word: str, reaction: str = "refuse", violation: str = "hate", *, is_whole: bool = False) -> Decision:
        options: dict[str, Any] = {"word": word, "reaction": reaction, "violation": violation, "is_whole": is_whole}
        decision = get_action("add_word").run(Rules.objects.current(), by=yuna, reason="policy", **options)
        word_list.forget()
        return decision

    return add


@pytest.fixture
def phone(mina: Member) -> Phone:
    """Mina's."""
    return Phone.of(mina)


@pytest.mark.parametrize(
    "text",
    [
        "Such a Badword here", "b a d w o r d", "bad-word", "B.A.D W.O.R.D", "ｂａｄｗｏｒｄ", "bаdwоrd", "bádwörd",
        "bad\u200bword", "ⓑⓐⓓⓦⓞⓡⓓ", "𝐛𝐚𝐝𝐰𝐨𝐫𝐝", "xxbadwordxx", "bad\nword", unicodedata.normalize("NFD", "bádwörd"),
    ],
)  # fmt: skip
def test_a_listed_word_is_refused_however_it_is_written(
    phone: Phone, list_word: Callable[..., Decision], text: str
) -> None:
    list_word("badword")
    response = phone.post("posts", text=text)
    assert (response.status_code, code_of(response)) == (400, "text_refused")
    assert "badword" not in response.content.decode().lower()
    assert not Post.objects.exists()


@pytest.mark.parametrize("text", ["바보 같은", "바 보", "바보야", "바\u3164보"])
def test_a_korean_word_is_found_by_its_syllables(phone: Phone, list_word: Callable[..., Decision], text: str) -> None:
    list_word("바보")
    assert code_of(phone.post("posts", text=text)) == "text_refused"
    assert phone.post("posts", text="바본 게").status_code == 201


def test_a_whole_word_is_not_found_within_others(phone: Phone, list_word: Callable[..., Decision]) -> None:
    list_word("ass", is_whole=True)
    list_word("buy now", is_whole=True)
    for text in ("a class of glass", "buy nowhere", "Massachusetts"):
        assert phone.post("posts", text=text).status_code == 201
    for text in ("you ass!", "a s s", "Buy  NOW.", "ass", "ass ass"):
        assert code_of(phone.post("posts", text=text)) == "text_refused", text


def test_every_text_of_a_member_is_checked(phone: Phone, list_word: Callable[..., Decision], proof_for: Any) -> None:
    post = phone.post("posts", text="Hello").json()
    list_word("badword")
    answers = [phone.patch("me", **{field: "a badword"}) for field in ("name", "nickname", "about")]
    answers += [phone.patch(f"posts/{post['id']}", text="a badword")]
    joining = {"proof": proof_for("new@example.com"), "password": "a long enough one", "terms_version": "2026-11-01"}
    answers += [Phone().post("members", **joining, name="New", nickname="badword")]
    assert [code_of(answer) for answer in answers] == ["text_refused"] * 5
    assert Phone().post("members", **joining, name="New", nickname="New one").status_code == 201
    assert not Member.objects.filter(about__contains="badword").exists()


def test_the_android_app_gets_an_error_that_it_knows(mina: Member, list_word: Callable[..., Decision]) -> None:
    list_word("badword")
    with pytest.raises(Refused) as refused:
        app_of(mina).register_post("a badword")
    assert refused.value.code == "GLOBAL_002"


def test_a_word_that_moderators_want_to_see_makes_a_report_of_nobody(
    phone: Phone, mina: Member, list_word: Callable[..., Decision]
) -> None:
    list_word("gambling", "report", "spam")
    post = phone.post("posts", text="G A M B L I N G tonight").json()
    phone.patch(f"posts/{post['id']}", text="gambling tomorrow")
    phone.patch("me", about="I like gambling")
    on_post, on_member = Report.objects.order_by("created_at")
    assert (on_post.post_id, on_post.reporter, on_post.reason, on_post.text) == (
        int(post["id"]),
        None,
        "spam",
        "gambling",
    )
    assert (on_member.subject, on_member.about, on_member.subject_text) == (mina, "member", "I like gambling")
    assert len(Report.objects.queue()) == 2


def test_a_list_costs_no_query_while_it_stays_the_same(list_word: Callable[..., Decision], mina: Member) -> None:
    list_word("badword")
    assert word_list.find("badword")
    with CaptureQueriesContext(connection) as captured:
        for _ in range(50):
            assert word_list.find("a bad word")
            assert not word_list.find("a good one")
    assert len(captured) == 0


def test_publishing_costs_the_same_with_and_without_words(phone: Phone, list_word: Callable[..., Decision]) -> None:
    def statements() -> int:
        phone.post("posts", text="Warm up")
        with CaptureQueriesContext(connection) as captured:
            assert phone.post("posts", text="Hello").status_code == 201
        return len(captured)

    before = statements()
    list_word("badword")
    assert statements() == before


def test_the_list_is_changed_by_decisions_that_can_be_undone(
    hana: Member, yuna: Member, list_word: Callable[..., Decision]
) -> None:
    decision = list_word("badword")
    with pytest.raises(AlreadyDecided):
        list_word("badword")
    word = ListedWord.objects.get()
    assert [action.name for action in available_actions(word, by=yuna)] == ["remove_word"]
    with pytest.raises(NotPermitted):
        get_action("remove_word").run(word, by=hana, reason="policy")
    removal = get_action("remove_word").run(word, by=yuna, reason="mistake")
    assert not ListedWord.objects.exists()
    undo(removal, by=yuna, reason="mistake")
    assert find_words("a BADWORD") == [ListedWord.objects.get()]
    undo(decision, by=yuna, reason="mistake")
    assert find_words("a BADWORD") == []


@pytest.mark.parametrize("word", ["", " ", "x", "...", "x" * 101])
def test_what_is_no_word_is_not_listed(list_word: Callable[..., Decision], word: str) -> None:
    with pytest.raises(OptionInvalid):
        list_word(word)


def test_posts_from_before_stay(list_word: Callable[..., Decision], phone: Phone, mina: Member) -> None:
    post = PostFactory.create(author=mina, text="badword")
    list_word("badword")
    assert phone.get(f"posts/{post.pk}").status_code == 200


def test_a_comment_is_checked_like_a_post(phone: Phone, mina: Member, list_word: Callable[..., Decision]) -> None:
    comment = CommentFactory.create()
    path = f"posts/{comment.post_id}/comments"
    list_word("swindle"), list_word("lottery", "report", "spam")
    assert code_of(phone.post(path, text="A s w i n d l e")) == "text_refused"
    written = phone.post(path, text="Play lottery")
    report = Report.objects.get()
    assert (report.about, str(report.comment_id)) == ("comment", written.json()["id"])
    assert (report.subject, report.reporter, report.subject_text) == (mina, None, "Play lottery")
