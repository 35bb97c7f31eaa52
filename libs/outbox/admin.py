"""What operators see of the outbox: every job, read only, and another chance for the dead."""

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


class StateFilter(admin.SimpleListFilter):
    """By what becomes of a job."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """The states worth a list."""
        return [("waiting", _("waiting")), ("due", _("due")), ("unknown", _("unknown kind")), ("dead", _("dead"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Job]) -> QuerySet[Job] | None:
        """Each state is a word of the queryset."""
        jobs = cast(JobQuerySet, queryset)
        words = {
            "waiting": jobs.waiting,
            "due": jobs.due,
            "unknown": jobs.of_unknown_kind,
            "dead": jobs.failed_for_good,
        }
        return words[self.value() or ""]() if self.value() in words else queryset


class KindFilter(admin.SimpleListFilter):
    """By kind; the kinds come from the code, not from a walk through the table."""

    title = _("kind")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Every kind that has a handler."""
        return [(kind, kind) for kind in known_kinds()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Job]) -> QuerySet[Job] | None:
        """The jobs of that kind."""
        return queryset.filter(kind=self.value()) if self.value() else queryset


@admin.register(Job)
class JobAdmin(ReadOnlyAdmin):
    """Jobs are made by code and ended by workers; a person may only send the dead round again."""

    list_display = ["kind", "state", "attempts", "created_at", "run_at", "last_error"]
    list_filter = [StateFilter, KindFilter]
    ordering = ["-id"]
    actions = ["retry_failed_jobs"]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Show the list, with a warning while jobs wait that this release has no handler for."""
        unknown = sorted(Job.objects.of_unknown_kind().values_list("kind", flat=True).distinct())
        if unknown and request.method == "GET":
            warning = _("This release has no handler for waiting jobs of these kinds: %(kinds)s.")
            self.message_user(request, warning % {"kinds": ", ".join(unknown)}, messages.WARNING)
        return super().changelist_view(request, extra_context)

    def has_retry_permission(self, request: HttpRequest) -> bool:
        """Whoever may change jobs may retry them."""
        return isinstance(request.user, PermissionsMixin) and request.user.has_perm("outbox.change_job")

    @admin.action(description=_("Retry the dead among the selected jobs"), permissions=["retry"])
    def retry_failed_jobs(self, request: HttpRequest, queryset: JobQuerySet) -> None:
        """Those not dead are left as they are."""
        number = queryset.retry()
        message = ngettext("%(number)d job is tried again.", "%(number)d jobs are tried again.", number)
        self.message_user(request, message % {"number": number}, messages.SUCCESS)
