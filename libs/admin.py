"""Lists for people, at the cost of what they look at."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any, ClassVar, cast

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest


# Django's paginator and admin classes take no type at run time.
class BoundedPaginator(Paginator):  # type: ignore[type-arg]
    """Counts no further than anybody turns pages, so that a large table costs what a small one does."""

    max_count = 10_000

    @cached_property
    def count(self) -> int:
        """The number of rows, 10,000 at most."""
        rows = cast(QuerySet[Any], self.object_list)
        return rows.order_by()[: self.max_count].count()


class ReadOnlyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Rows to look at. What changes them is a verb of their room, with a reason and a record, never a form."""

    show_full_result_count = False
    paginator = BoundedPaginator
    # Columns of ids that a number is looked for in, by their indexes; Django would compare them as text, row by row.
    id_fields: ClassVar[Sequence[str]] = ("id",)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Rows by id for a number, by `search_fields` for words."""
        number = search_term.strip()
        if not (number.isascii() and number.isdigit() and len(number) < 20):
            return super().get_search_results(request, queryset, search_term)
        if int(number) >= 2**63:
            return queryset.none(), False
        return queryset.filter(Q.create([(name, int(number)) for name in self.id_fields], connector=Q.OR)), False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never."""
        return False
