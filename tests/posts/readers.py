"""Readers of every kind, and posts that each of them may or may not see."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.models import Member
from posts.models import Post
from tests.factories import MemberFactory, PostFactory

DAY = timedelta(days=1)
# What makes each kind of reader. Blocks, follows and mutes are made by `make_readers`.
READERS: dict[str, dict[str, Any]] = {
    "ordinary": {},
    "blocking": {},
    "blocked": {},
    "following": {},
    "muting": {},
    "suspended": {"suspended_until": timezone.now() + DAY},
    "withdrawn": {"withdrawn_at": timezone.now()},
    "staff": {"is_staff": True},
    "superuser": {"is_staff": True, "is_superuser": True},
}


def make_authors() -> dict[str, Member]:
    """Two authors in good standing, and one of each kind that is hidden in part or whole."""
    now = timezone.now()
    authors = {
        "ordinary": {},
        "other": {},
        "suspended": {"suspended_until": now + DAY},
        "suspended before": {"suspended_until": now - DAY},
        "withdrawn": {"withdrawn_at": now},
    }
    members = {kind: MemberFactory.create(**fields) for kind, fields in authors.items()}
    for member in members.values():
        PostFactory.create_batch(2, author=member)
    PostFactory.create(author=members["ordinary"], removed_at=now)
    Post.objects.hide_all_of(members["other"])
    PostFactory.create(author=members["other"])
    return members


def make_readers(authors: dict[str, Member]) -> dict[str, Member]:
    """One reader of each kind, who has written a post too; blocks, follows and mutes are between them and ordinary."""
    readers = {kind: MemberFactory.create(**fields) for kind, fields in READERS.items()}
    for reader in readers.values():
        PostFactory.create(author=reader)
    readers["blocking"].block(authors["ordinary"])
    authors["ordinary"].block(readers["blocked"])
    readers["following"].follow(authors["ordinary"])
    readers["muting"].mute(authors["ordinary"])
    return readers
