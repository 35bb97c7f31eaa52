"""Errors of keyset pagination."""

from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import APIException


class InvalidCursor(APIException):
    """The cursor is not one of ours, or belongs to another list, other filters or another order."""

    status_code = 400
    default_code = "invalid_cursor"
    default_detail = _("This cursor does not belong to this list. Start again from the first page.")
