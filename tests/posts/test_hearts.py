"""Hearts: given and taken back, counted, listed, and gone with their posts and members."""

from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from accounts.erasure import JOB, erase_at_once
from accounts.models import Member
from libs.outbox.worker import Worker
from posts.dependents import erase_dependents
from posts.models import Heart, Post, PostCounts, SavedPost
from tests.accounts.conftest import AtOnce
from tests.accounts.phone import Phone
from tests.erasing import erase
from tests.factories import MemberFactory, PostFactory, put

pytestmark = pytest.mark.django_db


@pytest.fixture
def post(mina: Member) -> Post:
    """Mina's."""
    return PostFactory.create(author=mina, text="First snow")


@pytest.fixture
def phone(jun: Member) -> Phone:
    """Jun's, who reads."""
    return Phone.of(jun)


def hearts(phone: Phone, post: Post) -> tuple[int, bool]:
    """The count and the viewer's own heart, which the feed and the single post show alike."""
    single = phone.get(f"posts/{post.pk}").json()
    (listed,) = phone.get("posts").json()["results"]
    assert (listed["counts"], listed["viewer"]) == (single["counts"], single["viewer"])
    return single["counts"]["hearts"], single["viewer"]["hearted"]


def test_a_heart_is_counted_once_however_often_it_is_given(phone: Phone, post: Post, sora: Member) -> None:
    assert hearts(phone, post) == (0, False)
    assert [phone.put(f"hearts/{post.pk}").status_code for _ in range(3)] == [204] * 3
    assert hearts(phone, post) == (1, True)
    assert hearts(Phone.of(sora), post) == (1, False)
    assert [phone.delete(f"hearts/{post.pk}").status_code for _ in range(3)] == [204] * 3
    assert hearts(phone, post) == (0, False)


def test_nobody_gives_a_heart_to_what_they_cannot_see(phone: Phone, post: Post, mina: Member, jun: Member) -> None:
    assert [phone.put(f"hearts/{pk}").status_code for pk in (1, 2**63 - 1)] == [404, 404]
    mina.block(jun)
    assert (phone.put(f"hearts/{post.pk}").status_code, phone.delete(f"hearts/{post.pk}").status_code) == (404, 404)
    assert phone.get(f"posts/{post.pk}/hearts").status_code == 404
    assert not Heart.objects.exists()


def test_my_hearts_are_listed_with_the_last_one_first(phone: Phone, mina: Member, sora: Member) -> None:
    older, newer = PostFactory.create(author=mina), PostFactory.create(author=sora)
    for each in (newer, older):
        phone.put(f"hearts/{each.pk}")
    listed = phone.get("hearts").json()["results"]
    assert [each["id"] for each in listed] == [str(older.pk), str(newer.pk)]
    assert all(each["viewer"]["hearted"] and each["counts"]["hearts"] == 1 for each in listed)
    sora.withdraw()
    assert [each["id"] for each in phone.get("hearts").json()["results"]] == [str(older.pk)]


def test_a_post_lists_the_visible_members_who_gave_a_heart(
    phone: Phone, post: Post, mina: Member, jun: Member, sora: Member
) -> None:
    for member in (mina, jun, sora):
        Heart.objects.give(post.pk, member)
    jun.block(sora)
    listed = phone.get(f"posts/{post.pk}/hearts").json()["results"]
    assert [row["member"]["nickname"] for row in listed] == ["Jun", "Mina"]
    # The count may include what the reader does not see.
    assert hearts(phone, post) == (3, True)


def test_the_last_full_page_of_hearts_has_no_next_one(phone: Phone, post: Post) -> None:
    for member in MemberFactory.create_batch(3):
        Heart.objects.give(post.pk, member)
    pages = [phone.get(f"posts/{post.pk}/hearts?limit={limit}").json() for limit in (2, 3)]
    assert [bool(page["next"]) for page in pages] == [True, False]


def test_a_heart_of_somebody_else_does_not_refuse_an_edit(phone: Phone, post: Post, mina_api: APIClient) -> None:
    url = f"/api/v1/posts/{post.pk}"
    before = mina_api.get(url).headers["ETag"]
    phone.put(f"hearts/{post.pk}")
    after = mina_api.get(url, headers={"If-None-Match": before})
    assert (after.status_code, after.json()["counts"]["hearts"]) == (200, 1)

    def edit(text: str) -> Any:
        return mina_api.patch(url, {"text": text}, format="json", headers={"If-Match": before})

    edited = edit("Second snow")
    assert (edited.status_code, edit("Third snow").status_code) == (200, 412)
    phone.delete(f"hearts/{post.pk}")
    assert mina_api.delete(url, headers={"If-Match": edited.headers["ETag"]}).status_code == 204


def test_a_block_soon_deletes_the_hearts_between_the_two(post: Post, mina: Member, jun: Member, sora: Member) -> None:
    theirs = PostFactory.create(author=jun)
    for giver, each in ((jun, post), (sora, post), (mina, theirs), (sora, theirs)):
        Heart.objects.give(each.pk, giver)
    mina.block(jun)
    Worker(["accounts.end_contact"]).drain()
    assert set(Heart.objects.values_list("owner", "post")) == {(sora.pk, post.pk), (sora.pk, theirs.pk)}
    assert set(PostCounts.objects.values_list("hearts", flat=True)) == {1}


def test_erased_members_take_their_hearts_along(post: Post, jun: Member, sora: Member) -> None:
    for member in (jun, sora):
        Heart.objects.give(post.pk, member)
    erase(jun)
    assert PostCounts.objects.get(post=post).hearts == 1
    assert Heart.objects.get().owner == sora


def test_thousands_of_hearts_are_erased_by_jobs_of_few_statements(mina: Member, jun: Member) -> None:
    posts = put(PostFactory.build_batch(2_000, author=mina))
    put(Heart(post=each, owner=jun) for each in posts)
    PostCounts.objects.bulk_create(PostCounts(post=each, hearts=3) for each in posts)
    erase_at_once(jun.pk)
    worker, left, statements = Worker([JOB]), list[int](), list[int]()
    with CaptureQueriesContext(connection) as queries:
        while worker.step():
            left.append(Heart.objects.count())
            statements.append(len(queries) - sum(statements))
    assert left[:4] == [1_500, 1_000, 500, 0]
    assert max(statements[:4]) < 50
    assert set(PostCounts.objects.values_list("hearts", flat=True)) == {2}


def test_hearts_go_in_chunks_before_all_posts_of_a_member(post: Post, mina: Member, jun: Member) -> None:
    posts = [post, *PostFactory.create_batch(3, author=mina)]
    put(Heart(post=each, owner=member) for each in posts for member in MemberFactory.create_batch(3))
    PostCounts.objects.bulk_create(PostCounts(post=each, hearts=3) for each in posts)
    ids = [each.pk for each in posts]
    assert [erase_dependents(ids, 8) for _ in range(2)] == [True, False]
    SavedPost.objects.add(post.pk, jun)
    Post.objects.hide_all_of(mina)
    Worker(["posts.delete_posts"]).drain()
    assert [model.objects.count() for model in (Post, Heart, SavedPost, PostCounts)] == [0, 0, 0, 0]


@pytest.mark.django_db(transaction=True)
def test_hearts_at_the_same_moment_are_all_counted(post: Post, at_once: AtOnce) -> None:
    members = MemberFactory.create_batch(8)
    at_once([partial(Heart.objects.give, post.pk, member) for member in [*members, members[0], members[1]]])
    assert PostCounts.objects.get().hearts == Heart.objects.count() == 8
    at_once([partial(Heart.objects.take_back, post.pk, member) for member in [*members, members[0], members[1]]])
    assert (PostCounts.objects.get().hearts, Heart.objects.count()) == (0, 0)


@pytest.mark.django_db(transaction=True)
def test_a_heart_that_meets_a_deletion_is_given_or_404(mina: Member, at_once: AtOnce) -> None:
    phones = [Phone.of(member) for member in MemberFactory.create_batch(3)]
    for _ in range(3):
        post = PostFactory.create(author=mina)
        author = Phone.of(mina)
        deeds = [partial(phone.put, f"hearts/{post.pk}") for phone in phones]
        answers = at_once([*deeds, partial(author.delete, f"posts/{post.pk}")])
        assert {answer.status_code for answer in answers} <= {204, 404}
        assert answers[-1].status_code == 204
    assert not Heart.objects.exists()


@pytest.mark.parametrize("number", [1, 50])
def test_pages_of_hearts_take_as_many_statements_for_many(
    phone: Phone, jun: Member, post: Post, number: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    posts = PostFactory.create_batch(number)
    put(Heart(post=each, owner=jun) for each in posts)
    put(Heart(post=post, owner=each.author) for each in posts)
    phone.get("hearts"), phone.get(f"posts/{post.pk}/hearts")
    with django_assert_num_queries(2):
        assert len(phone.get("hearts?limit=50").json()["results"]) == number
    with django_assert_num_queries(2):
        assert len(phone.get(f"posts/{post.pk}/hearts?limit=50").json()["results"]) == number
