"""Sharing a post by a link: who may, and when the link ends."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Member
from moderation.actions import get_action
from moderation.actions.undo import undo
from posts.models import Post, PostShare
from tests.accounts.conftest import AtOnce
from tests.accounts.exports import download, read_json, request_export
from tests.accounts.phone import Phone, code_of
from tests.conftest import logged_in
from tests.erasing import erase
from tests.factories import PASSWORD, PostFactory
from tests.posts.sharing import embed, share, visit

pytestmark = pytest.mark.django_db


@pytest.fixture
def post(mina: Member) -> Post:
    """Mina's."""
    return PostFactory.create(author=mina, text="First snow")


@pytest.fixture
def phone(mina: Member) -> Phone:
    """Mina's, who shares."""
    return Phone.of(mina)


def test_a_post_is_private_until_its_author_shares_it(phone: Phone, post: Post) -> None:
    assert phone.get(f"posts/{post.pk}/share").status_code == 404
    url = share(phone, post)
    assert url.startswith(f"{settings.PUBLIC_URL}/p/")
    assert phone.get(f"posts/{post.pk}/share").json() == {"url": url}
    assert "First snow" in visit(url).content.decode()


def test_the_link_stays_the_same_until_it_is_deleted(phone: Phone, post: Post) -> None:
    url = share(phone, post)
    assert share(phone, post) == url
    assert [phone.delete(f"posts/{post.pk}/share").status_code for _ in range(2)] == [204, 204]
    assert phone.get(f"posts/{post.pk}/share").status_code == 404
    another = share(phone, post)
    assert another != url
    assert [visit(each).status_code for each in (url, another)] == [404, 200]


def test_each_post_has_a_link_that_nobody_can_guess(phone: Phone, mina: Member) -> None:
    posts = PostFactory.create_batch(5, author=mina)
    tokens = {share(phone, post).rpartition("/")[2] for post in posts}
    assert len(tokens) == 5
    # 62 ** 22 is above 2 ** 128.
    assert all(len(token) == 22 and token.isascii() and token.isalnum() for token in tokens)


def test_only_the_author_shares_reads_and_deletes_the_link(phone: Phone, post: Post, jun: Member) -> None:
    url = share(phone, post)
    answers = [Phone.of(jun).request(method, f"posts/{post.pk}/share") for method in ("GET", "PUT", "DELETE")]
    assert [(answer.status_code, code_of(answer)) for answer in answers] == [(403, "not_yours")] * 3
    assert visit(url).status_code == 200


def test_sharing_changes_nothing_of_the_post_itself(phone: Phone, post: Post) -> None:
    before = phone.get(f"posts/{post.pk}")
    share(phone, post)
    after = phone.get(f"posts/{post.pk}")
    assert (after.json(), after["ETag"]) == (before.json(), before["ETag"])


def test_a_blocked_member_reads_the_page_like_any_stranger(phone: Phone, post: Post, mina: Member, jun: Member) -> None:
    url = share(phone, post)
    mina.block(jun)
    assert Phone.of(jun).get(f"posts/{post.pk}").status_code == 404
    assert visit(url).status_code == 200


def test_the_link_ends_with_the_post(phone: Phone, post: Post) -> None:
    url = share(phone, post)
    assert phone.delete(f"posts/{post.pk}").status_code == 204
    assert (visit(url).status_code, embed(url=url).status_code) == (404, 404)
    assert not PostShare.objects.exists()


def test_the_links_end_when_all_posts_are_deleted_before_the_job_runs(phone: Phone, post: Post) -> None:
    url = share(phone, post)
    assert phone.post("me/posts/deletion", password=PASSWORD).status_code == 202
    assert (visit(url).status_code, Post.objects.count()) == (404, 1)


def test_a_removed_post_has_no_page_until_it_is_restored(phone: Phone, post: Post, sora: Member) -> None:
    url = share(phone, post)
    removal = get_action("remove_post").run(post, by=sora, reason="spam")
    assert (visit(url).status_code, embed(url=url).status_code) == (404, 404)
    assert [phone.request(method, f"posts/{post.pk}/share").status_code for method in ("GET", "PUT")] == [404, 404]
    undo(removal, by=sora, reason="mistake")
    assert visit(url).status_code == 200


def test_a_suspended_members_links_do_not_work_meanwhile(phone: Phone, post: Post, mina: Member) -> None:
    url = share(phone, post)
    mina.suspend(timezone.now() + timedelta(days=1))
    assert visit(url).status_code == 404
    mina.suspend(timezone.now() - timedelta(seconds=1))
    assert visit(url).status_code == 200


def test_the_links_end_with_the_withdrawal_of_their_author(phone: Phone, post: Post, mina: Member) -> None:
    url = share(phone, post)
    mina.withdraw()
    assert visit(url).status_code == 404
    erase(mina)
    assert not PostShare.objects.exists()


def test_the_export_says_which_posts_are_shared_without_the_links(
    phone: Phone, post: Post, mina: Member, jun: Member, run_jobs: Callable[[], None]
) -> None:
    url = share(phone, post)
    share(Phone.of(jun), PostFactory.create(author=jun))
    client = logged_in(mina)
    export = request_export(client)
    run_jobs()
    archive = download(client, export)
    (exported,) = read_json(archive, "shared-posts")
    assert (exported.keys(), exported["post"]) == ({"post", "created_at"}, str(post.pk))
    token = url.rpartition("/")[2].encode()
    assert not [name for name in archive.namelist() if token in archive.read(name)]


def test_sharing_takes_three_statements_at_most(phone: Phone, post: Post) -> None:
    phone.get("me")
    requests = {"PUT": 3, "GET": 2, "DELETE": 2}
    for method, number in requests.items():
        with CaptureQueriesContext(connection) as captured:
            phone.request(method, f"posts/{post.pk}/share")
        # The transaction is a savepoint in a test.
        sent = [query["sql"] for query in captured if "SAVEPOINT" not in query["sql"]]
        assert len(sent) == number, sent


@pytest.mark.django_db(transaction=True)
def test_sharing_twice_at_once_makes_one_link(phone: Phone, post: Post, at_once: AtOnce) -> None:
    answers = at_once([partial(phone.put, f"posts/{post.pk}/share") for _ in range(4)])
    assert {answer.status_code for answer in answers} == {200}
    assert {answer.json()["url"] for answer in answers} == {PostShare.objects.get().url}


@pytest.mark.django_db(transaction=True)
def test_sharing_meets_the_deletion_of_the_post(phone: Phone, post: Post, at_once: AtOnce) -> None:
    deeds = [partial(phone.put, f"posts/{post.pk}/share") for _ in range(3)]
    *shared, deleted = at_once([*deeds, partial(phone.delete, f"posts/{post.pk}")])
    assert {answer.status_code for answer in shared} <= {200, 404}
    assert (deleted.status_code, PostShare.objects.exists()) == (204, False)
