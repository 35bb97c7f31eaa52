"""Base classes of the admin for large tables that are read and not edited."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any, ClassVar, cast

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import FieldError
from django.core.paginator import Paginator
from django.db import DatabaseError, transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest


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
    """Answers any query string of a list: what no column can be compared with is refused by a redirect, not a crash."""

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """Return the list, its rows counted. Raises IncorrectLookupParameters, which Django answers."""
        try:
            with transaction.atomic():
                return super().get_changelist_instance(request)
        except (DatabaseError, FieldError, LookupError, OverflowError, TypeError, ValueError) as error:
            raise IncorrectLookupParameters from error


class ReadOnlyAdmin(AnyQueryMixin):
    """Shows rows. Changes are made by actions that call a model's methods, never by a form."""

    show_full_result_count = False
    paginator = BoundedPaginator
    # Columns in which a number is searched, by their indexes; Django would compare all of them as text.
    id_fields: ClassVar[Sequence[str]] = ("id",)

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
