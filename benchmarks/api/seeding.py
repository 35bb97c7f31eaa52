"""Seeds a database and tells what requests need to know of it: `python -m benchmarks.api.seeding OPTIONS`.

A process of its own, since Django has one database. Prints one JSON object; progress goes to standard error.
"""

import argparse
import json
import sys
from datetime import timedelta
from itertools import pairwise
from typing import Any, NamedTuple
from uuid import uuid4

import django
from django.core.management import call_command
from django.db import connection
from django.db.models import Count
from django.utils import timezone

READERS = 32
# Of the posts that are published while measuring, which the next run deletes if this one could not.
TEXT = "Measuring what it costs to publish this sentence."
# What the accounts of the demo data become, because a server with production settings refuses these.
DOMAIN = "@benchmark.example"


class RequestData(NamedTuple):
    """Who reads and what is there; tokens are access tokens that are valid for a day."""

    # Ordinary members who follow some, and their tokens.
    emails: list[str]
    tokens: list[str]
    # Their ids, and tokens for the Android API.
    app_readers: list[tuple[int, str]]
    # Of one who blocks 785 members or more, where there are enough blocks.
    heavy_reader: str
    blocks_of_heavy_reader: int
    # The third most active author of all.
    author: int
    newest_posts: list[int]
    # Creation time and id of the post that this many others are newer than, and our cursor of the page after it.
    depth: int
    deep_post: tuple[str, int]
    deep_cursor: str
    # Tokens of login sessions that no request has used.
    new_session_tokens: list[str]


def main() -> None:
    """Migrate, seed unless it is seeded, and describe."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("members", "blocks", "posts", "new-sessions"):
        parser.add_argument(f"--{name}", type=int, required=True)
    chosen = parser.parse_args()
    django.setup()
    call_command("migrate", verbosity=0)
    _seed(chosen)
    print(json.dumps(describe(chosen.new_sessions)))


def _seed(chosen: argparse.Namespace) -> None:
    options = {"members": chosen.members, "blocks": chosen.blocks, "posts": chosen.posts, "images": 0}
    options["hearts"] = chosen.posts * 3 // 2
    call_command("seed", if_empty=True, stdout=sys.stderr, **options)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_member SET email = replace(email, '@heart.example', %s)", [DOMAIN])
        cursor.execute("DELETE FROM posts_post WHERE text = %s", [TEXT])
        cursor.execute("TRUNCATE accounts_loginsession, token_blacklist_outstandingtoken CASCADE")
        cursor.execute("VACUUM (ANALYZE)")
        cursor.execute("CHECKPOINT")


def describe(new_sessions: int) -> dict[str, Any]:
    """Start login sessions for readers and look up the rest."""
    # Models can only be imported after Django's setup.
    from accounts.models import Block, Member  # noqa: PLC0415
    from accounts.sessions.token_rotation import start_session  # noqa: PLC0415
    from libs.keyset.cursors import Cursor  # noqa: PLC0415
    from posts.models import Post  # noqa: PLC0415

    mina, jun = (Member.objects.get(email=f"{name}{DOMAIN}") for name in ("mina", "jun"))
    # Those who can see the author's posts.
    others = Member.objects.visible_to(mina).exclude(pk__in=[mina.pk, jun.pk])
    candidates = list(others.annotate(follows=Count("follows_made")).filter(follows__gte=3).order_by("pk"))
    readers = candidates[:: max(1, len(candidates) // READERS)][:READERS]

    def token(member: Member, audience: str = "v1") -> str:
        pair = start_session(member, audience=audience, device="benchmark", network="127.0.0.0/24")
        return pair.access.signed

    depth = min(500_000, Post.objects.count() // 2)
    # One that is the last of its time, since REST framework's cursor has the time only.
    around = list(Post.objects.order_by("-created_at", "-id")[depth : depth + 2_000])
    deep = next((one for one, other in pairwise(around) if one.created_at > other.created_at), around[0])
    data = RequestData(
        emails=[reader.email for reader in readers],
        tokens=[token(reader) for reader in readers],
        app_readers=[(reader.pk, token(reader, "android")) for reader in readers],
        heavy_reader=token(jun),
        blocks_of_heavy_reader=Block.objects.filter(blocker=jun).count(),
        author=mina.pk,
        newest_posts=list(Post.objects.feed_for(readers[0]).values_list("pk", flat=True)[:READERS]),
        depth=depth,
        deep_post=(deep.created_at.isoformat(), deep.pk),
        # As libs.keyset.page_queries binds the cursors of this list.
        deep_cursor=Cursor(deep.created_at, deep.pk).encode("-created_at\0-id\0/api/v1/posts?"),
        new_session_tokens=_new_session_tokens(new_sessions, [member.pk for member in candidates]),
    )
    return data._asdict()


def _new_session_tokens(number: int, members: list[int]) -> list[str]:
    from accounts.models import LoginSession  # noqa: PLC0415
    from accounts.sessions.tokens import AccessToken  # noqa: PLC0415

    expires_at = timezone.now() + timedelta(days=1)
    sessions = [
        LoginSession(
            member_id=members[index % len(members)],
            audience="v1",
            device="benchmark",
            network="127.0.0.0/24",
            expires_at=expires_at,
            idle_at=expires_at,
            current_jti=uuid4().hex,
        )
        for index in range(number)
    ]
    tokens = []
    for session in LoginSession.objects.bulk_create(sessions, 1_000):
        access = AccessToken(audience="v1")
        access.set_session(session)
        tokens.append(str(access))
    return tokens


if __name__ == "__main__":
    main()
