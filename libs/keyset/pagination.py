"""A paginator of Django REST framework for keyset pages."""

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from libs.keyset.page_queries import KeysetPage, paginate

# The query parameters that a page reads.
PAGE_PARAMETERS = ("cursor", "limit")
EXAMPLE = "AAAGYQFXX0nQaLAPSExBAAlnc2lnbmVkLWJ5LXVzLW9u"


class KeysetPagination(BasePagination):
    """Reads `cursor` and `limit` from the query; responds with `results`, `next` and `previous` (cursors, not URLs).

    Raises InvalidCursor, and ValidationError for a limit that is not a number or out of range.
    """

    columns = ("created_at", "id")
    page: KeysetPage[Any]

    def paginate_queryset(self, queryset: Any, request: Request, view: APIView | None = None) -> list[Any]:
        cursor, size = request.query_params.get("cursor"), self.limit(request)
        bound_to = self.bound_to(request)
        self.page = paginate(queryset, cursor=cursor, size=size, bound_to=bound_to, columns=self.columns)
        return self.page.rows

    def limit(self, request: Request) -> int:
        """Return the size of the page: 1 to settings.PAGE_SIZE_MAX, or settings.PAGE_SIZE without `limit`."""
        text = request.query_params.get("limit")
        if text is None:
            return int(settings.PAGE_SIZE)
        # Longer numbers are out of range anyway, and isdecimal alone accepts digits of other scripts.
        if text.isascii() and text.isdecimal() and len(text) < 10 and 1 <= int(text) <= settings.PAGE_SIZE_MAX:
            return int(text)
        detail = _("Give a whole number from 1 to %(most)d.") % {"most": settings.PAGE_SIZE_MAX}
        raise ValidationError({"limit": [detail]})

    def bound_to(self, request: Request) -> str:
        """Return the name of the list: its path, and all parameters except those of the page."""
        parameters = [(key, value) for key, values in request.query_params.lists() for value in values]
        return f"{request.path}?{urlencode(sorted(pair for pair in parameters if pair[0] not in PAGE_PARAMETERS))}"

    def get_paginated_response(self, data: Any) -> Response:
        return Response(self.page_representation(data))

    def page_representation(self, data: Any) -> dict[str, Any]:
        """Return the page as the API shows it, with these representations of its rows."""
        return {"results": data, "next": self.page.next, "previous": self.page.previous}

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        after = "Cursor of the rows after these; null at the end of the list."
        before = "Cursor of the rows before these; later it gives what was added at the top. Null in an empty list."
        return {
            "type": "object",
            "required": ["results", "next", "previous"],
            "properties": {
                "results": schema,
                "next": {"type": ["string", "null"], "description": after, "example": EXAMPLE},
                "previous": {"type": ["string", "null"], "description": before, "example": EXAMPLE},
            },
        }

    def get_schema_operation_parameters(self, view: APIView) -> list[dict[str, Any]]:
        size = {"type": "integer", "minimum": 1, "maximum": settings.PAGE_SIZE_MAX, "default": settings.PAGE_SIZE}
        cursor = "`next` or `previous` of an earlier page of this list, as it came. It does not expire."
        return [
            {"name": "cursor", "in": "query", "required": False, "description": cursor, "schema": {"type": "string"}},
            {"name": "limit", "in": "query", "required": False, "description": "Rows in a page.", "schema": size},
        ]
