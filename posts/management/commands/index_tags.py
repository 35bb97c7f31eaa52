"""Index the hashtags of all posts anew."""

from collections.abc import Sequence
from typing import Any

from django.core.management.base import CommandParser
from django.db import transaction

from libs.commands.base import OperatorCommand
from libs.commands.results import ExitCode, Result
from posts.chunks import CHUNK, id_chunks
from posts.models import Post, PostTag


class Command(OperatorCommand):
    """Needed for posts that a release without tags has published or edited; running it again changes nothing."""

    help = (
        "Index the tags of posts by their texts. Exit codes: 0 some were not indexed, or wrongly, 2 none, 3 more posts "
        "are left than --batch."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Add --batch and --start-after."""
        super().add_arguments(parser)
        parser.add_argument("--start-after", type=int, default=0, metavar="ID", help="go on after this post")
        parser.add_argument("--batch", type=int, metavar="N", help="look at so many posts at most (default: all)")

    def run(self, *, start_after: int, batch: int | None, **options: Any) -> Result:
        """Look at the posts in the order of their ids, some hundred in one transaction."""
        posts = Post.objects.filter(pk__gt=start_after)
        all_posts = posts.count()
        number = all_posts if batch is None else min(batch, all_posts)
        last, changed = start_after, 0
        for ids in self.progress.track(id_chunks(posts, number), "chunks of posts", -(-number // CHUNK)):
            changed += _index(ids)
            last = ids[-1]
        data = {"posts": number, "changed": changed, "last": str(last)}
        code = ExitCode.DONE if changed else ExitCode.NOTHING_TO_DO
        text = f"{number:,} posts up to {last}: {changed:,} tags changed"
        return Result(data, text, ExitCode.MORE_LEFT if number < all_posts else code)


@transaction.atomic
def _index(ids: Sequence[int]) -> int:
    posts = Post.objects.filter(pk__in=ids).order_by("pk")
    locked = posts.only("text", "created_at").select_for_update(no_key=True)
    return PostTag.objects.index(list(locked))
