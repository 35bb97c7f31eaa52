"""Stored counts agree with what they count, and are corrected where they do not."""

import json
import random

import pytest
from django.core.management import call_command

from accounts.models import Member
from posts.cleanup import clean_up_counts
from posts.models import Heart, Post, PostCounts
from posts.recount import recount
from tests.factories import MemberFactory, PostFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def wrong(mina: Member, jun: Member) -> Post:
    """A post with one heart, of which five are counted, beside one that is right."""
    posts = PostFactory.create_batch(2, author=mina)
    for post in posts:
        Heart.objects.give(post.pk, jun)
    PostCounts.objects.filter(post=posts[0]).update(hearts=5)
    return posts[0]


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, dict[str, object]]:
    try:
        call_command("recount", "--json", *words)
        code = 0
    except SystemExit as end:
        code = int(end.code or 0)
    return code, json.loads(capsys.readouterr().out)


def test_wrong_counts_are_shown_and_corrected_only_with_yes(wrong: Post, capsys: pytest.CaptureFixture[str]) -> None:
    code, found = run(capsys)
    assert (code, found["posts"], found["wrong"], found["corrected"]) == (0, 2, 1, 0)
    assert found["counts"] == [{"post": str(wrong.pk), "name": "hearts", "stored": 5, "counted": 1}]
    assert run(capsys, "--yes")[1]["corrected"] == 1
    assert PostCounts.objects.get(post=wrong).hearts == 1
    assert run(capsys)[0] == 2


def test_a_batch_says_where_the_next_one_begins(wrong: Post, capsys: pytest.CaptureFixture[str]) -> None:
    code, first = run(capsys, "--batch=1")
    assert (code, first["posts"]) == (3, 1)
    code, second = run(capsys, "--batch=1", f"--start-after={first['last']}")
    assert (code in (0, 2), second["posts"]) == (True, 1)
    assert {first["wrong"], second["wrong"]} == {0, 1}


def test_the_clean_up_corrects_posts_that_changed_lately(wrong: Post) -> None:
    assert (clean_up_counts(), clean_up_counts()) == (1, 0)
    PostCounts.objects.filter(post=wrong).update(hearts=9, changed_at="2020-01-01T00:00:00Z")
    assert clean_up_counts() == 0


def test_counts_without_a_row_are_made_anew(wrong: Post) -> None:
    PostCounts.objects.all().delete()
    assert len(recount(list(Post.objects.values_list("pk", flat=True)), correct=True)) == 2
    assert PostCounts.objects.get(post=wrong).hearts == 1


def test_after_random_acts_no_count_is_wrong(mina: Member) -> None:
    chance, posts = random.Random(7), PostFactory.create_batch(4, author=mina)
    members = MemberFactory.create_batch(4)
    for _ in range(150):
        post, member = chance.choice(posts), chance.choice(members)
        act = chance.choice([Heart.objects.give, Heart.objects.give, Heart.objects.take_back])
        act(post.pk, member)
    assert recount([post.pk for post in posts], correct=False) == []
    assert sum(PostCounts.objects.values_list("hearts", flat=True)) == Heart.objects.count()
