"""Base classes of the admin for large tables that are read and not edited."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any, ClassVar, cast

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.utils import unquote
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import FieldError, PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db import DatabaseError, transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.text import capfirst


# Django's paginator and admin classes are not generic at run time.
class BoundedPaginator(Paginator):  # type: ignore[type-arg]
    """Counts at most `max_count` rows, so that a list of a large table costs what one of a small table does."""

    max_count = 10_000

    @cached_property
    def count(self) -> int:
        """The number of rows, at most `max_count`."""
        rows = cast(QuerySet[Any], self.object_list)
        return rows.order_by()[: self.max_count].count()


class AnyQueryMixin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Answers any query string of a list: what no column can be compared with is refused by a redirect, not a crash.

    A list is filtered by its filters only. Django would take any column, so that whoever sees a list of members could
    find out e-mail addresses and password hashes letter by letter.
    """

    # Counts for each value of each filter would read the whole table.
    show_facets = admin.ShowFacets.NEVER

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Show the list under the name of its rows: nobody comes to choose one of them to change."""
        title = {"title": capfirst(self.opts.verbose_name_plural)}
        return super().changelist_view(request, title | (extra_context or {}))

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """Whether the query string may have this lookup: the exact value of a filter, or whether there is one."""
        filters = self.get_list_filter(request) if request else self.list_filter
        # A filter is a column, a column with a class, or a class with a parameter of its own.
        names = {
            getattr(each, "parameter_name", each[0] if isinstance(each, tuple | list) else each) for each in filters
        }
        name, _, comparison = lookup.partition("__")
        return name in names and comparison in ("", "exact", "isnull")

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """Return the list, its rows counted. Raises IncorrectLookupParameters, which Django answers."""
        try:
            with transaction.atomic():
                return super().get_changelist_instance(request)
        except (DatabaseError, FieldError, LookupError, OverflowError, TypeError, ValueError) as error:
            raise IncorrectLookupParameters from error


class FixedOrderList(ChangeList):
    """A list in the order of the admin alone: by any other column the database would sort the whole table."""

    def get_ordering_field(self, field_name: Any) -> None:
        """Return no column, whatever the query string asks for."""


class ReadOnlyAdmin(AnyQueryMixin):
    """Shows rows. Changes are made by actions that call a model's methods, never by a form."""

    show_full_result_count = False
    sortable_by = ()
    paginator = BoundedPaginator
    # Columns in which a number is searched, by their indexes; Django would compare all of them as text.
    id_fields: ClassVar[Sequence[str]] = ("id",)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return FixedOrderList

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Search a number in `id_fields`, and anything else in `search_fields`."""
        number = search_term.strip()
        if not (number.isascii() and number.isdigit() and len(number) < 20):
            return super().get_search_results(request, queryset, search_term)
        if int(number) >= 2**63:
            return queryset.none(), False
        return queryset.filter(Q.create([(name, int(number)) for name in self.id_fields], connector=Q.OR)), False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class DetailPageMixin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Shows one row on a page with a template of its own, in the place of Django's form."""

    detail_template: ClassVar[str]

    def get_details(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        """Return what the template shows besides `original`."""
        return {}

    def select_details(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Select what the page shows of the row and the list does not."""
        return rows

    def get_object_with_details(self, request: HttpRequest, object_id: str) -> Any:
        """Return the row of this id, None if there is none."""
        try:
            pk = self.opts.pk.to_python(object_id)
        except ValidationError:
            return None
        return self.select_details(self.get_queryset(request)).filter(pk=pk).first()

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the row to those who may see it; an id that nobody has leads to the list, as Django does."""
        if request.method not in ("GET", "HEAD") or not self.has_view_permission(request):
            raise PermissionDenied
        row = self.get_object_with_details(request, unquote(object_id))
        if row is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)  # type: ignore[attr-defined,no-any-return]
        context = {"opts": self.opts, "original": row, "title": str(row), **self.get_details(request, row)}
        return TemplateResponse(request, self.detail_template, self.admin_site.each_context(request) | context)
