"""Export: a copy of everything that a member owns, built on request."""

import secrets
from datetime import timedelta
from typing import Self

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import get_language

from accounts.errors import ExportOnceADay
from libs.keyset.models import TimeOrdered
from libs.outbox.queue import enqueue

# How much time lies between two exports of a member at least: they are expensive.
MIN_INTERVAL = timedelta(days=1)


def new_export_key() -> str:
    """A new name for a zip in private storage, which nobody can guess."""
    return f"exports/{timezone.now():%Y/%m}/{secrets.token_hex(16)}.zip"


class ExportQuerySet(models.QuerySet["Export"]):
    """Exports by their state."""

    def unfinished(self) -> Self:
        """Neither ready nor failed."""
        return self.filter(ready_at=None, failed_at=None)

    @transaction.atomic
    def request_export(self, member: models.Model) -> tuple["Export", bool]:
        """An export for the member, and whether it is new: while one is being built, that one is returned.

        Raises ExportOnceADay when the last one that did not fail is younger than a day.
        """
        # Of two requests at once the second one waits for the first.
        list(type(member)._default_manager.filter(pk=member.pk).select_for_update(no_key=True).values_list("pk"))
        last = self.filter(member=member.pk, failed_at=None).order_by("-created_at", "-id").first()
        if last and not last.ready_at:
            return last, False
        if last and (left := last.created_at + MIN_INTERVAL - timezone.now()) > timedelta():
            raise ExportOnceADay(wait=int(left.total_seconds()) + 1)
        export = self.create(member_id=member.pk, language=get_language() or settings.LANGUAGE_CODE)
        enqueue("accounts.build_export", {"export_id": export.pk, "key": export.key})
        return export, True

    def start_attempt(self, export_id: int) -> "Export | None":
        """The export, with one more attempt counted; None when it is finished, erased, or was attempted too often.

        The limit is one below the outbox's own, so that a build that kills its worker is seen to fail.
        """
        self.unfinished().filter(pk=export_id).update(tries=F("tries") + 1, started_at=timezone.now(), done=0)
        export = self.unfinished().select_related("member").filter(pk=export_id).first()
        if export and export.tries > export.max_tries:
            export.fail()
            return None
        return export

    def delete_files_later(self) -> int:
        """Enqueue the deletion of the files, in the caller's transaction; returns how many."""
        keys = list(self.values_list("key", flat=True))
        if keys:
            enqueue("accounts.delete_exports", {"keys": keys})
        return len(keys)


class Export(TimeOrdered):
    """One zip, from the request until it expires.

    `bytes` is the size of the file, and null while there is none: not yet, or not any more.
    """

    member = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="exports")
    key = models.CharField(max_length=80, unique=True, default=new_export_key, editable=False)
    # Of the e-mail that says that it is ready.
    language = models.CharField(max_length=10)
    tries = models.PositiveSmallIntegerField(default=0)
    # Files written, and to be written.
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    bytes = models.BigIntegerField(null=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    started_at = models.DateTimeField(null=True)
    ready_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)

    objects = ExportQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["created_at"], name="export_age"),
            models.Index(fields=["expires_at"], name="export_expiry", condition=Q(bytes__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"export of {self.member_id}"

    @property
    def state(self) -> str:
        """The state in one word: queued, running, ready, failed or expired."""
        if self.failed_at:
            return "failed"
        if self.ready_at:
            return "ready" if self.has_file else "expired"
        return "running" if self.started_at else "queued"

    @property
    def has_file(self) -> bool:
        """Whether the file can be downloaded at this moment."""
        return self.bytes is not None and self.expires_at is not None and timezone.now() < self.expires_at

    @property
    def max_tries(self) -> int:
        """The number of attempts before the export has failed."""
        return max(1, int(settings.OUTBOX_MAX_ATTEMPTS) - 1)

    def save_progress(self, done: int, total: int) -> bool:
        """Save how many files are written; False when the export was erased or given up."""
        return bool(Export.objects.unfinished().filter(pk=self.pk).update(done=done, total=total))

    @transaction.atomic
    def finish(self, size: int) -> bool:
        """Mark it as ready and e-mail the member; False when it is finished already, was erased or given up."""
        now = timezone.now()
        fields = {"bytes": size, "ready_at": now, "expires_at": now + timedelta(days=settings.EXPORT_RETENTION_DAYS)}
        if not Export.objects.unfinished().filter(pk=self.pk).update(done=F("total"), **fields):
            return False
        enqueue("accounts.mail_export", {"export_id": self.pk})
        return True

    @transaction.atomic
    def fail(self) -> None:
        """Give it up; the member may request another one at once."""
        if Export.objects.unfinished().filter(pk=self.pk).update(failed_at=timezone.now()):
            Export.objects.filter(pk=self.pk).delete_files_later()
