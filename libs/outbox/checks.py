"""System check: waiting jobs that this release has no handler for."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.core import checks
from django.db import connections, router

from libs.outbox.models import Job

HINT = "They wait until a release with the handler runs. If none will: manage.py outbox drop --kind NAME --yes"


@checks.register(checks.Tags.database)
def warn_about_unknown_kinds(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None, **kwargs: Any
) -> list[checks.CheckMessage]:
    """Return the warning outbox.W001 for each kind of waiting job that has no handler.

    Runs with `check --database default` and before each `migrate`, the first one included. Such jobs are ordinary after
    a rollback from a release that added a kind, so they are no error, which would stop that rollback's `migrate`.
    """
    using = router.db_for_write(Job)
    if using not in (databases or ()) or Job._meta.db_table not in connections[using].introspection.table_names():
        return []
    unknown = Job.objects.of_unknown_kind().values_list("kind", flat=True).order_by("kind").distinct()
    return [
        checks.Warning(f"Jobs named {kind!r} wait and have no handler.", hint=HINT, id="outbox.W001")
        for kind in unknown
    ]
