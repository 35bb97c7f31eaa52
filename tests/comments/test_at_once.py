"""Several at once: comments, replies and deletions of one post never wait for each other in a circle."""

from functools import partial

import pytest

from accounts.models import Member
from comments.models import Comment
from posts.models import Post
from tests.accounts.conftest import AtOnce
from tests.accounts.phone import Phone
from tests.comments.conftest import read, write
from tests.factories import MemberFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("shared_db")]


def test_replies_and_deletions_at_once_leave_no_fault(post: Post, minas: Phone, at_once: AtOnce) -> None:
    tops = [write(minas, post) for _ in range(2)]
    phones = [Phone.of(member) for member in MemberFactory.create_batch(4)]
    path = f"posts/{post.pk}/comments"
    deeds = [partial(phone.post, path, text="x", reply_to=tops[place % 2]) for place, phone in enumerate(phones)]
    deeds += [partial(minas.delete, f"comments/{top}") for top in tops]
    statuses = [answer.status_code for answer in at_once(deeds)]
    assert set(statuses[:4]) <= {201, 400}
    assert statuses[4:] == [204, 204]
    shown = read(minas, post)
    assert sum(one["reply_count"] for one in shown) == statuses.count(201)
    assert all(one["is_deleted"] for one in shown)


def test_a_comment_deleted_twice_at_once_is_gone_once(post: Post, minas: Phone, at_once: AtOnce) -> None:
    top = write(minas, post)
    answers = at_once([partial(minas.delete, f"comments/{top}") for _ in range(4)])
    assert {answer.status_code for answer in answers} <= {204, 404}
    assert not Comment.objects.exists()


def test_a_comment_meets_the_deletion_of_its_post(post: Post, minas: Phone, juns: Phone, at_once: AtOnce) -> None:
    write(juns, post)
    deeds = [partial(juns.post, f"posts/{post.pk}/comments", text="x") for _ in range(3)]
    *written, deleted = at_once([*deeds, partial(minas.delete, f"posts/{post.pk}")])
    assert {answer.status_code for answer in written} <= {201, 404}
    assert deleted.status_code == 204
    assert not Comment.objects.exists()


def test_erasing_a_member_meets_replies_to_them(
    post: Post, jun: Member, minas: Phone, juns: Phone, at_once: AtOnce
) -> None:
    tops = [write(juns, post) for _ in range(3)]
    deeds = [partial(minas.post, f"posts/{post.pk}/comments", text="x", reply_to=top) for top in tops]
    *written, _ = at_once([*deeds, partial(Comment.objects.erase, list(map(int, tops)))])
    assert {answer.status_code for answer in written} <= {201, 400}
    assert sum(answer.status_code == 201 for answer in written) == Comment.objects.filter(author__isnull=False).count()
