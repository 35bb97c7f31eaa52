"""The jobs of the outbox."""

import uuid
from collections.abc import Collection
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from django.conf import settings
from django.db import models, router, transaction
from django.db.models import Q, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from libs.compiled_queries import EXAMPLES, CompiledQuery
from libs.outbox.backoff import backoff
from libs.outbox.registry import known_kinds, priority_of


def lease_is_free(now: datetime) -> Q:
    """Return the condition that no worker holds a lease."""
    return Q(leased_until=None) | Q(leased_until__lte=now)


class JobQuerySet(models.QuerySet["Job"]):
    """Jobs by their state."""

    def waiting(self) -> "JobQuerySet":
        """Jobs neither done nor failed for good, including those that run."""
        return self.filter(done_at=None, dead_at=None)

    def due(self, now: datetime | None = None) -> "JobQuerySet":
        """Jobs that a worker may take: their time has come, and nobody holds a lease."""
        now = now or timezone.now()
        return self.waiting().filter(lease_is_free(now), run_at__lte=now)

    def idle(self) -> "JobQuerySet":
        """Waiting jobs that nobody runs at this moment."""
        return self.waiting().filter(lease_is_free(timezone.now()))

    def of_unknown_kind(self) -> "JobQuerySet":
        """Waiting jobs without a handler in this release, as after a rollback from one that added their kind."""
        return self.waiting().exclude(kind__in=known_kinds())

    def failed_for_good(self) -> "JobQuerySet":
        """Jobs that are tried no more and are kept for operators."""
        return self.filter(dead_at__isnull=False)

    def abandoned(self) -> "JobQuerySet":
        """Jobs whose handler found that no attempt can succeed; they are deleted like done jobs."""
        return self.filter(done_at__isnull=False).exclude(last_error="")

    def claim(self, kinds: Collection[str]) -> "Job | None":
        """Lease the job of these kinds that has been due longest, for OUTBOX_LEASE_SECONDS, and count the attempt.

        Jobs of a kind with a lower priority wait until none of a higher one is due.

        The attempt is counted now and not at its end, so that a job that kills its worker fails for good as well. One
        job at a time: such a job would use up the attempts of others leased with it. Workers' clocks must agree within
        a few seconds.
        """
        using = router.db_for_write(self.model)
        # Idle workers poll, and on SQLite each transaction would block the writers, so the first look takes none.
        due_kinds = [row["kind"] for row in _due_kinds().rows(tuple(kinds), now=timezone.now())] if kinds else []
        for kind in sorted(due_kinds, key=priority_of, reverse=True):
            with transaction.atomic(using=using):
                job = self.using(using)._due_of(kind).select_for_update(skip_locked=True).first()
                if job is not None and job.acquire_lease():
                    return job
        return None

    def _due_of(self, kind: str, now: datetime | None = None) -> "JobQuerySet":
        return self.filter(kind=kind).due(now).order_by("run_at", "id")

    def retry(self) -> int:
        """Give jobs that failed for good all their attempts again; returns how many."""
        return self.failed_for_good().update(dead_at=None, attempts=0, run_at=timezone.now(), irreversible_at=None)

    def give_up(self, reason: str) -> int:
        """Let waiting jobs that nobody runs fail for good, for a reason shown to operators; returns how many."""
        return self.idle().update(dead_at=timezone.now(), lease=None, leased_until=None, last_error=reason)


def _select_due_kinds(kinds: Collection[str], now: datetime) -> Any:
    """Select those of these kinds that have due jobs, the one with the oldest first.

    It reads one job of each kind from the index, and not past the many jobs of other kinds that may wait.
    """
    oldest: list[Any] = [Subquery(Job.objects.all()._due_of(kind, now).values("pk")[:1]) for kind in kinds]
    return Job.objects.filter(pk__in=oldest).order_by("run_at", "id").values("kind")


@cache
def _due_kinds() -> CompiledQuery:
    # Idle workers ask it every few seconds, and building its SQL costs many times what running it does.
    return CompiledQuery(_select_due_kinds, [((tuple(known_kinds()),), {"now": EXAMPLES[datetime]})])


class Job(models.Model):
    """Work for the handler of its kind, to be done after the commit that wrote the job.

    A worker that claims it holds a lease: a token with an expiry. Only the holder of the token records the end, so a
    worker that was too slow cannot overwrite what its successor recorded.
    """

    kind = models.CharField(_("kind"), max_length=100)
    payload = models.JSONField(_("payload"), help_text=_("Ids only: no codes, tokens or addresses."))
    created_at = models.DateTimeField(_("enqueued"), default=timezone.now)
    run_at = models.DateTimeField(_("due"), default=timezone.now, help_text=_("Not before this."))
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0, help_text=_("Attempts begun."))
    lease = models.UUIDField(_("lease"), null=True)
    leased_until = models.DateTimeField(_("leased until"), null=True)
    irreversible_at = models.DateTimeField(
        _("irreversible step begun"), null=True, help_text=_("When an attempt began what must not be done twice.")
    )
    done_at = models.DateTimeField(_("done"), null=True)
    dead_at = models.DateTimeField(_("failed for good"), null=True)
    last_error = models.CharField(_("last error"), max_length=300, blank=True)
    request_id = models.TextField(_("request id"), null=True, help_text=_("Id of the request that enqueued it."))  # noqa: DJ001 - often none

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        indexes = [
            # Partial, so that the many done jobs are not in the first three. Workers of older releases use the first.
            models.Index(fields=["run_at", "id"], name="outbox_job_waiting", condition=Q(done_at=None, dead_at=None)),
            models.Index(
                fields=["kind", "run_at", "id"],
                name="outbox_job_waiting_of_kind",
                condition=Q(done_at=None, dead_at=None),
            ),
            models.Index(fields=["dead_at"], name="outbox_job_dead", condition=Q(dead_at__isnull=False)),
            models.Index(fields=["done_at"], name="outbox_job_done", condition=Q(done_at__isnull=False)),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(done_at=None) | Q(dead_at=None), name="outbox_job_one_end"),
            models.CheckConstraint(
                condition=Q(lease=None, leased_until=None) | Q(lease__isnull=False, leased_until__isnull=False),
                name="outbox_job_whole_lease",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} #{self.pk}"

    @property
    def state(self) -> str:
        """One of done, abandoned, dead (failed for good), running and waiting."""
        if self.dead_at:
            return "dead"
        if self.done_at:
            return "abandoned" if self.last_error else "done"
        return "running" if self.leased_until and self.leased_until > timezone.now() else "waiting"

    @property
    def has_used_up_attempts(self) -> bool:
        """Whether it was taken more often than OUTBOX_MAX_ATTEMPTS allows, because its workers died."""
        return self.attempts > int(settings.OUTBOX_MAX_ATTEMPTS)

    def acquire_lease(self) -> bool:
        """Take it if it is still due; False when another worker was faster."""
        now = timezone.now()
        self.attempts += 1
        self.lease = uuid.uuid4()
        self.leased_until = now + timedelta(seconds=settings.OUTBOX_LEASE_SECONDS)
        due = Job.objects.using(self._state.db).due(now).filter(pk=self.pk)
        return bool(due.update(attempts=self.attempts, lease=self.lease, leased_until=self.leased_until))

    def extend_lease(self) -> bool:
        """Renew the lease from now; False when another worker has it."""
        self.leased_until = timezone.now() + timedelta(seconds=settings.OUTBOX_LEASE_SECONDS)
        return bool(Job.objects.filter(pk=self.pk, lease=self.lease).update(leased_until=self.leased_until))

    def begin_irreversible_step(self) -> bool:
        """Record that another attempt could do harm from now on; False when another worker has the lease."""
        held = Job.objects.filter(pk=self.pk, lease=self.lease)
        return bool(held.update(irreversible_at=timezone.now()))

    def mark_done(self) -> bool:
        """Record that its handler has succeeded; False when another worker has the lease."""
        return self._release(done_at=timezone.now(), last_error="")

    def mark_failed(self, error: str, *, delay: timedelta = timedelta()) -> bool:
        """Schedule another attempt after `delay` or more, or give up after the last.

        False when another worker has the lease.
        """
        if self.attempts >= settings.OUTBOX_MAX_ATTEMPTS:
            return self.give_up(error)
        return self._release(run_at=timezone.now() + max(delay, backoff(self.attempts)), last_error=error)

    def abandon(self, reason: str) -> bool:
        """Record that no attempt can succeed; it is deleted like done jobs. False when another worker has the lease."""
        return self._release(done_at=timezone.now(), last_error=reason)

    def postpone(self, reason: str) -> bool:
        """Let it wait for its turn again, without counting the attempt; False when another worker has the lease."""
        return self._release(attempts=self.attempts - 1, last_error=reason)

    def give_up(self, error: str) -> bool:
        """Let it fail for good and keep it for operators; False when another worker has the lease."""
        return self._release(dead_at=timezone.now(), last_error=error)

    def _release(self, **outcome: Any) -> bool:
        held = Job.objects.filter(pk=self.pk, lease=self.lease)
        if not held.update(lease=None, leased_until=None, irreversible_at=None, **outcome):
            return False
        for name, value in outcome.items():
            setattr(self, name, value)
        self.lease = self.leased_until = self.irreversible_at = None
        return True
