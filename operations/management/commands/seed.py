"""Fill an empty database with demo data, or with as many rows as a load test needs."""

from contextlib import nullcontext
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import CommandParser
from django.db import connection

from accounts.models import Member
from libs.commands.base import CommandError, OperatorCommand
from libs.commands.results import Result
from operations.demo_data import DEMO_MEMBER, DEMO_PASSWORD, DEMO_READER, DEMO_STAFF, DEMO_SUPERUSER
from operations.demo_data.bulk_load import vacuum, without_indexes
from operations.demo_data.generate import DemoData
from operations.demo_data.load import load

# Above so many members, posts and blocks, PostgreSQL drops the indexes and builds them again after the rows.
BULK = 10_000


class Command(OperatorCommand):
    """Refuses to run in production, because everybody knows the password of the accounts (ASVS 6.3.2)."""

    help = (
        "Fill an empty database with members, avatars, posts with images, follows, blocks, hearts, comments and "
        "reports, as in real life. The same numbers, --seed and --until make the same rows. Only --images of the "
        "images get files: the avatars of the most active members and the images of the newest posts; URLs of the "
        "others answer 404."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the numbers of rows, and the rest."""
        super().add_arguments(parser)
        for name, default in ((field.name, field.default) for field in fields(DemoData)[:-1]):
            parser.add_argument(
                f"--{name.replace('_', '-')}", type=int, default=default, metavar="N", help=f"(default: {default})"
            )
        parser.add_argument("--until", type=datetime.fromisoformat, default=datetime.now(UTC), help="(default: now)")
        parser.add_argument("--password", default=DEMO_PASSWORD, help=f"of all members (default: {DEMO_PASSWORD})")
        parser.add_argument("--if-empty", action="store_true", help="do nothing when there are members already")

    def run(self, *, password: str, if_empty: bool, **options: Any) -> Result:
        """Load everything, or nothing."""
        if settings.PRODUCTION:
            raise CommandError("seed creates accounts with a known password, so it does not run in production.")
        if Member.objects.exists():
            if not if_empty:
                raise CommandError("There are members already; seed needs an empty database.")
            return Result({"loaded": False}, "There are members already; nothing to do.")
        data = DemoData(**{field.name: options[field.name] for field in fields(DemoData)})
        _refuse_impossible(data, password)
        is_bulk = connection.vendor == "postgresql" and data.members + data.posts + data.blocks > BULK
        load(data, password, self.progress, without_indexes(self.progress) if is_bulk else nullcontext())
        if is_bulk:
            vacuum()
        text = (
            f"Loaded {data.members:,} members and {data.posts:,} posts. The password of all members is {password}.\n"
            f"{DEMO_MEMBER} writes, {DEMO_READER} reads, {DEMO_SUPERUSER} is a superuser of the admin. "
            f"Also in the staff: {', '.join(f'{email} ({role})' for email, *_, role in DEMO_STAFF)}."
        )
        return Result({"loaded": True, "members": data.members, "posts": data.posts}, text)


def _refuse_impossible(data: DemoData, password: str) -> None:
    if data.until.tzinfo is None:
        raise CommandError("--until has no UTC offset; write 2026-11-24T09:00:00Z.")
    numbers = (data.posts, data.blocks, data.images, data.reports, data.open_reports, data.hearts, data.comments)
    if data.members < 3 or min(numbers) < 0:
        raise CommandError("At least 3 members are needed (a writer, a reader, a moderator), and at least 0 of others.")
    if data.blocks > data.max_relations:
        raise CommandError(f"So few members can have at most {data.max_relations:,} blocks.")
    try:
        # The rule for moderators is the strictest.
        validate_password(password, Member(email=DEMO_SUPERUSER, is_staff=True))
    except ValidationError as error:
        raise CommandError(" ".join(error.messages)) from None
