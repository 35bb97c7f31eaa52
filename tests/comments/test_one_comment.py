"""Reading one comment, such as that of a notification."""

from functools import partial
from typing import Any

import pytest

from accounts.models import Member
from posts.models import Post
from tests.accounts.phone import Phone
from tests.comments.conftest import read, write
from tests.comments.test_costs import statements
from tests.comments.test_visibility import HIDDEN
from tests.factories import MemberFactory

pytestmark = pytest.mark.django_db


def get(phone: Phone, comment: str) -> Any:
    return phone.get(f"comments/{comment}")


def test_a_notification_leads_to_its_reply_and_the_comment_above(
    post: Post, jun: Member, minas: Phone, juns: Phone
) -> None:
    # New accounts notify only who follows them.
    minas.put(f"follows/{jun.pk}")
    top = write(minas, post, "Who was there?")
    answer = write(juns, post, "I was.", reply_to=write(juns, post, "We were.", reply_to=top))
    (newest, _) = minas.get("notifications").json()["results"]
    assert newest["comment_id"] == answer
    shown = get(minas, answer).json()
    assert (shown["text"], shown["post_id"], shown["reply_to"]) == ("I was.", str(post.pk), top)
    assert shown == read(minas, top)[1]
    assert get(minas, top).json() == read(minas, post)[0]


def test_a_deleted_comment_is_read_while_it_has_replies(post: Post, minas: Phone, juns: Phone) -> None:
    top = write(juns, post, "Where is that?")
    reply = write(minas, post, "At home.", reply_to=top)
    juns.delete(f"comments/{top}")
    placeholder = get(juns, top).json()
    assert (placeholder["is_deleted"], placeholder["author"], placeholder["text"]) == (True, None, "")
    assert placeholder == read(juns, post)[0]
    minas.delete(f"comments/{reply}")
    assert [get(juns, gone).status_code for gone in (top, reply)] == [404, 404]


@pytest.mark.parametrize("fate", HIDDEN)
def test_a_comment_of_a_hidden_member_is_hidden(post: Post, jun: Member, juns: Phone, fate: str) -> None:
    author = MemberFactory.create()
    top, alone = write(Phone.of(author), post, "Gone"), write(Phone.of(author), post, "Gone too")
    write(juns, post, "But why?", reply_to=top)
    reply = write(Phone.of(author), post, "Gone as well", reply_to=top)
    HIDDEN[fate](author, jun)
    assert [get(juns, hidden).status_code for hidden in (alone, reply)] == [404, 404]
    assert get(juns, top).json() == read(juns, post)[0]
    assert get(juns, top).json()["author"] is None


def test_no_comment_is_read_on_an_unseen_post(post: Post, mina: Member, jun: Member, sora: Member) -> None:
    comment = write(Phone.of(sora), post)
    mina.block(jun)
    assert get(Phone.of(jun), comment).status_code == 404
    assert get(Phone.of(sora), comment).status_code == 200


def test_reading_one_takes_one_statement(post: Post, minas: Phone, juns: Phone) -> None:
    top = write(juns, post)
    reply = write(minas, post, reply_to=top)
    juns.delete(f"comments/{top}")
    for comment in (top, reply):
        assert len(statements(partial(get, juns, comment))) == 1
