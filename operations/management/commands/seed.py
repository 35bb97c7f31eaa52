"""Build a town to look at, to test with, or to measure."""

import sys
from argparse import ArgumentTypeError
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import Member
from operations.demo import DEMO_MEMBER, DEMO_MODERATOR, DEMO_PASSWORD
from operations.demo_data.build import TABLES, build
from operations.demo_data.people import CAST
from operations.demo_data.plan import Plan
from operations.demo_data.relations import most_pairs
from operations.demo_data.rows import tidy
from operations.progress_bar import ProgressBar


class Command(BaseCommand):
    """Never in production: it makes accounts whose password is known (ASVS 6.3.2)."""

    help = (
        "Build a town in an empty database: members with avatars, posts with pictures, follows and blocks, skewed as "
        "in real life. The same numbers, --seed and --until build the same town. Only --pictures of them have files: "
        "the avatars of the best writers, and the pictures of the newest posts; in a larger town the others have all "
        "but a file, and their addresses answer 404."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Options; without any, a small town in which every picture can be seen."""
        parser.add_argument("--members", type=_number, default=24, metavar="N", help="(default: 24)")
        parser.add_argument("--posts", type=_number, default=120, metavar="N", help="(default: 120)")
        parser.add_argument("--blocks", type=_number, default=12, metavar="N", help="(default: 12)")
        parser.add_argument("--pictures", type=_number, default=250, metavar="N", help="drawn, at most (default: 250)")
        parser.add_argument("--seed", type=int, default=1, metavar="S", help="which town of this size (default: 1)")
        parser.add_argument("--until", type=_time, help="its present moment, with offset (default: now)")
        parser.add_argument("--password", default=DEMO_PASSWORD, help=f"of every member (default: {DEMO_PASSWORD})")
        parser.add_argument("--if-empty", action="store_true", help="do nothing where there are members already")

    def handle(self, *args: Any, **options: Any) -> None:
        """Build, or say why not."""
        if settings.PRODUCTION:
            raise CommandError("seed makes accounts whose password is known, and refuses to in production.")
        if Member.objects.exists():
            if not options["if_empty"]:
                raise CommandError("There are members already, and seed builds in an empty database only.")
            self.stdout.write("The town is there already.")
            return
        _refuse_impossible(options)
        progress = ProgressBar(sys.stderr)
        build(plan_of(options), options["password"], progress)
        tidy(TABLES, progress)
        self.stdout.write(_told(options))


def _number(text: str) -> int:
    if not text.isdecimal():
        raise ArgumentTypeError(f"{text!r} is not a number from 0.")
    return int(text)


def _time(text: str) -> datetime:
    time = datetime.fromisoformat(text)
    if time.tzinfo is None:
        raise ArgumentTypeError("say the offset too: 2026-11-24T09:00:00Z")
    return time.astimezone(UTC)


def _refuse_impossible(options: dict[str, Any]) -> None:
    members, blocks = options["members"], options["blocks"]
    if members < len(CAST):
        raise CommandError(f"A town has {len(CAST)} members at least: one writes, one reads, one moderates.")
    if blocks > most_pairs(members):
        raise CommandError(f"So few members make at most {most_pairs(members):,} blocks.")
    try:
        # The moderator's must be longer, and it is the same for all.
        validate_password(options["password"], Member(email=DEMO_MODERATOR, is_staff=True))
    except ValidationError as refused:
        raise CommandError(" ".join(refused.messages)) from None


def plan_of(options: dict[str, Any]) -> Plan:
    """The plan that the options ask for."""
    size = {name: options[name] for name in ("members", "posts", "blocks")}
    return Plan(**size, drawings=options["pictures"], seed=options["seed"], until=options["until"] or datetime.now(UTC))


def _told(options: dict[str, Any]) -> str:
    """Whom to sign in as."""
    many = f", and member{len(CAST) + 1}@heart.example and so on" if options["members"] > len(CAST) else ""
    return (
        f"A town of {options['members']:,} members and {options['posts']:,} posts.\n"
        f"All sign in with {options['password']}: {DEMO_MEMBER} writes, jun@heart.example blocks most, "
        f"{DEMO_MODERATOR} moderates{many}."
    )
