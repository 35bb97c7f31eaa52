"""Count the hearts and comments of all posts anew."""

from typing import Any

from django.core.management.base import CommandParser

from libs.commands.base import OperatorCommand
from libs.commands.results import ExitCode, Result, format_table
from posts.chunks import CHUNK, id_chunks
from posts.models import Post
from posts.recount import WrongCount, recount

# Wrong counts that are printed one by one.
SHOWN = 20


class Command(OperatorCommand):
    """`cleanup` does the same for posts that changed lately."""

    help = (
        "Compare the stored counts of posts with their hearts and comments; with --yes, correct them. Exit codes: 0 "
        "wrong ones were found, 2 none is wrong, 3 more posts are left than --batch."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Add --yes, --batch and --start-after."""
        super().add_arguments(parser)
        parser.add_argument("--yes", action="store_true", help="correct them, instead of showing them")
        parser.add_argument("--start-after", type=int, default=0, metavar="ID", help="go on after this post")
        parser.add_argument("--batch", type=int, metavar="N", help="look at so many posts at most (default: all)")

    def run(self, *, yes: bool, start_after: int, batch: int | None, **options: Any) -> Result:
        """Look at the posts in the order of their ids, some hundred in one transaction."""
        posts = Post.objects.filter(pk__gt=start_after)
        all_posts = posts.count()
        number = all_posts if batch is None else min(batch, all_posts)
        last, wrong = start_after, []
        for ids in self.progress.track(id_chunks(posts, number), "chunks of posts", -(-number // CHUNK)):
            wrong += recount(ids, correct=yes)
            last = ids[-1]
        data = {"posts": number, "wrong": len(wrong), "corrected": len(wrong) if yes else 0, "last": str(last)}
        data["counts"] = [each._asdict() | {"post": str(each.post)} for each in wrong[:SHOWN]]
        code = ExitCode.DONE if wrong else ExitCode.NOTHING_TO_DO
        return Result(data, _text(data, wrong, yes), ExitCode.MORE_LEFT if number < all_posts else code)


def _text(data: dict[str, Any], wrong: list[WrongCount], yes: bool) -> str:
    lines = [f"{data['posts']:,} posts up to {data['last']}: {len(wrong):,} wrong counts{' corrected' if yes else ''}"]
    if wrong:
        lines.append(
            format_table(
                [["post", "count", "stored", "counted"], *([str(post), *rest] for post, *rest in wrong[:SHOWN])]
            )
        )
    if wrong and not yes:
        lines.append("Nothing was changed; --yes corrects them.")
    return "\n".join(lines)
