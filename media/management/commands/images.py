"""Look at the storage of images, and repair it."""

from typing import Any

from django.db import transaction
from django.db.models import Count, Q, Sum

from libs.commands.base import CommandError, OperatorCommandGroup, argument, subcommand
from libs.commands.results import ExitCode, Result, format_table
from libs.outbox.queue import enqueue_many
from media.cleanup import clean_up_images
from media.errors import StorageUnavailable
from media.models import Image
from media.orphans import PRIVATE, PUBLIC, Comparison, compare, delete_orphans, folders_of

STATES = {
    "stored": Q(stored_at__isnull=False, discarded_at=None),
    "withheld": Q(withheld_at__isnull=False, discarded_at=None),
    "without_variants": Q(stored_at__isnull=False, discarded_at=None, withheld_at=None, variants_at=None),
    "to_be_deleted": Q(discarded_at__isnull=False),
}


class Command(OperatorCommandGroup):
    help = "Count images, find files without rows and rows without files, and make variants again."

    @subcommand("count images and bytes by state; reads all rows of images once")
    def usage(self) -> Result:
        """Count, and say what the next clean-up would discard."""
        counts: dict[str, Any] = {name: Count("pk", filter=condition) for name, condition in STATES.items()}
        sizes: dict[str, Any] = {f"{name}_bytes": Sum("bytes", filter=STATES[name], default=0) for name in STATES}
        found = Image.objects.aggregate(**counts, **sizes)
        due = clean_up_images(dry=True)
        data = found | {"unreferenced": due.images, "unreferenced_bytes": due.bytes}
        rows = [[name.replace("_", " "), data[name], data[f"{name}_bytes"]] for name in (*STATES, "unreferenced")]
        return Result(data, format_table([["state", "images", "bytes of the full variant"], *rows]))

    @subcommand(
        "compare all files in public storage with the rows; with --yes, delete files without a row",
        argument("--private", action="store_true", help="compare those in private storage, of images nobody may read"),
        argument("--start-after", default="", metavar="NAME", help="go on after this file"),
        needs_yes=True,
        is_recorded=True,
        default_batch=100_000,
    )
    def orphans(self, *, private: bool, start_after: str, yes: bool, batch: int) -> Result:
        """Compare up to `batch` files. S3 is asked once for a thousand files."""
        total, freed, is_done = Comparison(last=start_after), 0, True
        folders = folders_of(PRIVATE if private else PUBLIC)
        pages = ((folder, page) for folder in folders for page in compare(folder, after=start_after))
        try:
            for folder, page in pages:
                freed += delete_orphans(folder, page.without_row) if yes else sum(one.bytes for one in page.without_row)
                total.add(page)
                self.stderr.write(f"{total.files:,} files{page.last and f', up to {page.last}'}")
                if total.files >= batch:
                    is_done = False
                    break
        except StorageUnavailable as error:
            raise CommandError(f"The storage failed. Go on with --start-after {total.last}") from error
        if yes and total.without_row:
            self.record("images", files=len(total.without_row), bytes=freed)
        return _orphans_result(total, freed, yes, is_done)

    @subcommand(
        "have jobs make the smaller variants of images that have none; with --all, of all images",
        argument("--all", action="store_true", help="also where there are variants; the full one is shown meanwhile"),
        argument("--start-after", type=int, default=0, metavar="ID", help="go on after this image"),
        is_recorded=True,
        default_batch=10_000,
    )
    def rebuild(self, *, all: bool, start_after: int, batch: int) -> Result:  # noqa: A002
        """Enqueue a job for each of up to `batch` images."""
        images = Image.objects.public().filter(pk__gt=start_after)
        images = images if all else images.filter(variants_at=None)
        ids = list(images.order_by("pk").values_list("pk", flat=True)[: batch + 1])
        chosen = ids[:batch]
        if chosen:
            with transaction.atomic():
                Image.objects.filter(pk__in=chosen).update(variants_at=None)
                enqueue_many("media.make_variants", [{"image_id": pk} for pk in chosen])
                self.record("images", images=len(chosen))
        code = ExitCode.MORE_LEFT if len(ids) > batch else ExitCode.DONE if ids else ExitCode.NOTHING_TO_DO
        more = f" Go on with --start-after {chosen[-1]}" if len(ids) > batch else ""
        data = {"images": len(chosen), "last": str(chosen[-1]) if chosen else None}
        return Result(data, f"{len(chosen)} images get their variants from jobs.{more}", code)


def _orphans_result(total: Comparison, freed: int, yes: bool, is_done: bool) -> Result:
    found = bool(total.without_row or total.missing)
    code = ExitCode.MORE_LEFT if not is_done else ExitCode.DONE if found else ExitCode.NOTHING_TO_DO
    verb = "were deleted" if yes else "would be deleted; --yes deletes them"
    lines = [
        f"{total.files:,} files were compared.",
        f"{len(total.without_row):,} files of {freed:,} bytes have no row and {verb}.",
        f"{total.missing:,} images have no file; restore them from versions or a copy of the bucket.",
        *total.without_file[:100],
    ]
    if not is_done:
        lines.append(f"Go on with --start-after {total.last}")
    data = {
        "files": total.files,
        "without_row": [file.name for file in total.without_row],
        "without_row_bytes": freed,
        "missing": total.missing,
        "without_file": total.without_file,
        "last": total.last,
        "done": yes,
    }
    return Result(data, "\n".join(lines), code)
