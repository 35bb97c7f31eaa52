"""Jobs that wait for a handler this code does not have: found at the start, not by a member who got no mail."""

from collections.abc import Collection, Sequence
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections, router

from libs.outbox.errors import UnknownJob
from libs.outbox.models import Job
from libs.outbox.registry import handler_of, kinds

HINT = "Deploy code that has the handler, or give the jobs up: manage.py bury_jobs --kind NAME"


@register(Tags.database)
def every_waiting_job_has_a_handler(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None, **kwargs: Any
) -> list[CheckMessage]:
    """outbox.E001 for each kind; runs with `check --database default` and before each migrate, the first one too."""
    using = router.db_for_write(Job)
    if using not in (databases or ()) or Job._meta.db_table not in connections[using].introspection.table_names():
        return []
    return [Error(f"Jobs named {kind!r} wait and have no handler.", hint=HINT, id="outbox.E001") for kind in orphans()]


def orphans() -> list[str]:
    """Kinds of waiting jobs that no handler does."""
    strange = Job.objects.waiting().exclude(kind__in=kinds())
    return sorted(strange.values_list("kind", flat=True).distinct())


def refuse_unhandled(chosen: Collection[str] = ()) -> None:
    """Raise UnknownJob when a chosen kind has no handler or, with none chosen, when such a job waits."""
    for kind in chosen:
        handler_of(kind)
    if not chosen and (lost := orphans()):
        raise UnknownJob(f"Jobs wait that have no handler: {', '.join(lost)}. {HINT}")
