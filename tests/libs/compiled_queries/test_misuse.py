"""A query that would keep what was true when it was compiled is refused when it is defined."""

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db.models.functions import Now
from django.utils import timezone

from accounts.models import Member
from libs.compiled_queries import CompiledQuery, key_only
from libs.keyset.ids import new_id
from libs.keyset.querysets import CompiledList
from posts.models import Post
from posts.models.post import PostQuerySet
from posts.representations import compiled_feed


def posts_of(reader: int) -> Any:
    return Post.objects.filter(author=reader)


def until_now(reader: int) -> Any:
    return posts_of(reader).filter(created_at__lte=timezone.now()).values("id")


def until_midnight(reader: int) -> Any:
    midnight = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)
    return posts_of(reader).filter(created_at__lte=midnight).values("id")


def of_today(reader: int) -> Any:
    return posts_of(reader).filter(created_at__date=date.today()).values("id")  # noqa: DTZ011 - what must not be done


@pytest.mark.parametrize("build", [until_now, until_midnight, of_today])
def test_a_time_that_python_reads_is_refused(build: Callable[..., Any]) -> None:
    with pytest.raises(ImproperlyConfigured, match=rf"{build.__name__} would keep .*Now\(\)"):
        CompiledQuery(build)


def test_the_clock_of_the_database_is_allowed() -> None:
    CompiledQuery(lambda: Post.objects.filter(created_at__lte=Now() - timedelta(days=1)).values("id"), [((), {})])


def before_a_new_id(reader: int) -> Any:
    return posts_of(reader).filter(id__lt=new_id()).values("id")


def of_the_next_reader(reader: int) -> Any:
    return posts_of(reader).exclude(author=reader + 1).values("id")


def of_an_even_reader(reader: int) -> Any:
    posts = posts_of(reader).values("id")
    return posts.filter(image_count=0) if reader % 2 == 0 else posts


@pytest.mark.parametrize("build", [before_a_new_id, of_the_next_reader, of_an_even_reader])
def test_what_differs_from_one_compilation_to_the_next_is_refused(build: Callable[..., Any]) -> None:
    with pytest.raises(ImproperlyConfigured, match=f"{build.__name__} is not the same twice"):
        CompiledQuery(build)


@pytest.mark.parametrize(
    "look",
    [
        lambda reader: reader.is_staff,
        lambda reader: reader.suspended_until,
        lambda reader: reader.has_perm("posts.view_post"),
        lambda reader: isinstance(reader, Member),
        lambda reader: reader == Member(pk=1),
        str,
        bool,
        hash,
        vars,
    ],
)
def test_nothing_of_a_stand_in_can_be_read_but_its_key(look: Callable[[Member], Any]) -> None:
    reader = key_only(Member, 7)
    assert (reader.pk, reader.id) == (7, 7)
    with pytest.raises(ImproperlyConfigured, match="nothing of an instance but its key"):
        look(reader)


def test_a_list_that_depends_on_who_reads_is_refused_when_it_is_defined() -> None:
    def feed_without_removed_posts_for_all_but_staff(reader: int) -> Any:
        member = key_only(Member, reader)
        posts = Post.objects.newest_first() if member.is_staff else Post.objects.feed_for(member)
        return posts.values("id", "created_at")

    with pytest.raises(ImproperlyConfigured, match="nothing of an instance but its key"):
        CompiledList(feed_without_removed_posts_for_all_but_staff)


def test_a_function_whose_values_are_not_annotated_is_refused() -> None:
    def of_name(name: bytes) -> Any:
        return Member.objects.filter(name=name).values("id")

    with pytest.raises(ImproperlyConfigured, match=r"of_name takes int.*\['name'\]"):
        CompiledQuery(of_name)


def test_queries_are_compiled_at_the_start_without_a_database() -> None:
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": "postgres://nobody@127.0.0.1:1/nothing",
    }
    script = (
        "import django; django.setup(); from django.urls import get_resolver; get_resolver().url_patterns;"
        "from posts.representations import compiled_feed; print(len(compiled_feed.query._statements))"
    )
    started = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=False
    )
    assert (started.stdout, started.stderr) == ("2\n", "")


def test_a_mistake_in_the_rule_of_visibility_stops_the_import_of_the_feed(monkeypatch: pytest.MonkeyPatch) -> None:
    def visible_to(posts: PostQuerySet, member: Member) -> PostQuerySet:
        return posts if member.is_superuser else posts.published()

    monkeypatch.setattr(PostQuerySet, "visible_to", visible_to)
    with pytest.raises(ImproperlyConfigured):
        CompiledList(compiled_feed.build)
