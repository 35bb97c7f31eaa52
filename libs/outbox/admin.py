"""Admin of the outbox: operators read all jobs, and retry those that failed for good."""

from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.auth.models import PermissionsMixin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from libs.admin import ReadOnlyAdmin
from libs.outbox.models import Job, JobQuerySet
from libs.outbox.registry import known_kinds

STATES = {
    "done": _("done"),
    "waiting": _("waiting"),
    "running": _("running"),
    "abandoned": _("abandoned"),
    "dead": _("failed for good"),
}


class StateFilter(admin.SimpleListFilter):
    """Filters jobs by state."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("waiting", _("waiting")),
            ("due", _("due")),
            ("unknown", _("unknown kind")),
            ("abandoned", _("abandoned")),
            ("dead", _("failed for good")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Job]) -> QuerySet[Job] | None:
        jobs = cast(JobQuerySet, queryset)
        states = {
            "waiting": jobs.waiting,
            "due": jobs.due,
            "unknown": jobs.of_unknown_kind,
            "abandoned": jobs.abandoned,
            "dead": jobs.failed_for_good,
        }
        return states[self.value() or ""]() if self.value() in states else queryset


class KindFilter(admin.SimpleListFilter):
    """Filters jobs by kind. The choices come from the code, since reading them from the table would scan it."""

    title = _("kind")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(kind, kind) for kind in known_kinds()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Job]) -> QuerySet[Job] | None:
        return queryset.filter(kind=self.value()) if self.value() else queryset


@admin.register(Job)
class JobAdmin(ReadOnlyAdmin):
    """Shows jobs. The only action retries those that failed for good."""

    list_display = ["kind", "state_name", "attempts", "created_at", "run_at", "last_error"]
    list_filter = [StateFilter, KindFilter]
    ordering = ["-id"]
    actions = ["retry_failed_jobs"]

    @admin.display(description=_("state"))
    def state_name(self, job: Job) -> str:
        """The state in words."""
        return str(STATES[job.state])

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Show the list, with a warning while jobs wait that have no handler in this release."""
        # Django refuses others only afterwards, and the next page would show them the warning.
        is_shown = request.method == "GET" and self.has_view_permission(request)
        unknown = sorted(Job.objects.of_unknown_kind().values_list("kind", flat=True).distinct()) if is_shown else []
        if unknown:
            warning = _("This release has no handler for waiting jobs of these kinds: %(kinds)s.")
            self.message_user(request, warning % {"kinds": ", ".join(unknown)}, messages.WARNING)
        return super().changelist_view(request, extra_context)

    def has_retry_permission(self, request: HttpRequest) -> bool:
        """Let those retry jobs who may change them."""
        return isinstance(request.user, PermissionsMixin) and request.user.has_perm("outbox.change_job")

    @admin.action(description=_("Retry the selected jobs that failed for good"), permissions=["retry"])
    def retry_failed_jobs(self, request: HttpRequest, queryset: JobQuerySet) -> None:
        """Retry the selected jobs that failed for good, and leave the others alone."""
        number = queryset.retry()
        message = ngettext("%(number)d job will be tried again.", "%(number)d jobs will be tried again.", number)
        self.message_user(request, message % {"number": number}, messages.SUCCESS)
