"""What this room refuses, and how it says so."""

from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import APIException


class PostEmpty(APIException):
    """Neither words nor pictures."""

    status_code = 400
    default_code = "post_empty"
    default_detail = _("Write something, or add a picture.")


class NotYours(APIException):
    """The asker sees the post and did not write it."""

    status_code = 403
    default_code = "not_yours"
    default_detail = _("Only the writer may do this.")
