"""What paging refuses."""

from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import APIException


class InvalidCursor(APIException):
    """The cursor was not made by us, or was made for another list, other filters or another order."""

    status_code = 400
    default_code = "invalid_cursor"
    default_detail = _("This cursor does not belong to this list. Start again from the first page.")
