"""Mentions in comments and replies."""

from collections.abc import Callable, Collection

import pytest

from accounts.models import Member
from comments.models import Comment, CommentMention
from libs.outbox.worker import Worker
from posts.events import MEMBERS_MENTIONED
from posts.models import Post
from tests.accounts.exports import download, read_json, request_export
from tests.accounts.phone import Phone
from tests.comments.conftest import read, write
from tests.comments.test_costs import fill, statements
from tests.conftest import logged_in
from tests.erasing import erase
from tests.factories import MemberFactory

pytestmark = pytest.mark.django_db


def names(phone: Phone, path: Post | str) -> list[list[str]]:
    """Whom each comment of a list mentions."""
    return [[mention["nickname"] for mention in comment["mentions"]] for comment in read(phone, path)]


def test_a_comment_and_a_reply_show_whom_they_mention(
    post: Post, minas: Phone, juns: Phone, jun: Member, sora: Member
) -> None:
    top = write(juns, post, mentions=[str(sora.pk)])
    write(minas, post, reply_to=top, mentions=[str(jun.pk), str(sora.pk)])
    assert (names(minas, post), names(juns, top)) == ([["Sora"]], [["Jun", "Sora"]])
    jun.block(sora)
    assert (names(minas, post), names(juns, post), names(juns, top)) == ([["Sora"]], [[]], [["Jun"]])
    sora.change_profile(nickname="Sara")
    assert names(minas, top) == [["Jun", "Sara"]]


def test_who_is_mentioned_is_told_once_the_comment_is_there(
    post: Post, juns: Phone, jun: Member, sora: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[list[int], int, int | None]] = []

    def remember(members: Collection[int], by: int, *, post: int | None = None, comment: int | None = None) -> None:
        assert Comment.objects.filter(pk=comment or 0).exists()
        told.append((list(members), by, post))

    monkeypatch.setattr(MEMBERS_MENTIONED, "_handlers", [remember])
    write(juns, post, mentions=[str(sora.pk), str(jun.pk)])
    write(juns, post, mentions=[str(jun.pk)])
    assert told == [([sora.pk], jun.pk, None)]


def test_a_comment_mentions_five_visible_members_at_most(post: Post, juns: Phone, jun: Member, sora: Member) -> None:
    sora.block(jun)
    members = MemberFactory.create_batch(6)
    for ids in ([member.pk for member in members], [sora.pk], [1], [members[0].pk] * 2):
        answer = juns.post(f"posts/{post.pk}/comments", text="x", mentions=[str(pk) for pk in ids])
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "mentions")
    assert not Comment.objects.exists()


def test_mentions_go_with_their_comment_their_member_and_a_block(
    post: Post, minas: Phone, juns: Phone, jun: Member, sora: Member
) -> None:
    rena = MemberFactory.create()
    top = write(juns, post, mentions=[str(sora.pk)])
    write(minas, post, reply_to=top, mentions=[str(sora.pk), str(jun.pk), str(rena.pk)])
    juns.delete(f"comments/{top}")
    assert CommentMention.objects.filter(comment=int(top)).count() == 0
    erase(sora)
    post.author.block(jun)
    Worker(["accounts.end_contact"]).drain()
    assert CommentMention.objects.get().member == rena
    minas.delete(f"posts/{post.pk}")
    assert not CommentMention.objects.exists()


def test_an_export_has_the_ids_of_mentioned_members(
    post: Post, juns: Phone, jun: Member, sora: Member, run_jobs: Callable[[], None]
) -> None:
    write(juns, post, mentions=[str(sora.pk)])
    client = logged_in(jun)
    url = request_export(client)
    run_jobs()
    assert [comment["mentions"] for comment in read_json(download(client, url), "comments")] == [[str(sora.pk)]]


@pytest.mark.parametrize("number", [1, 50])
def test_a_page_with_mentions_takes_two_statements(post: Post, juns: Phone, sora: Member, number: int) -> None:
    for comment in fill(post, number):
        CommentMention.objects.add(comment, [sora.pk], by=post.author)
    Comment.objects.update(has_mentions=True)
    path = f"posts/{post.pk}/comments?limit=50"
    assert [each["mentions"][0]["nickname"] for each in juns.get(path).json()["results"]] == ["Sora"] * number
    assert len(statements(lambda: juns.get(path))) == 2
