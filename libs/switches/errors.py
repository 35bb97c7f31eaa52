"""Errors of the library's own switch."""

from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import APIException


class ReadOnly(APIException):
    """Operators have turned writes off, as for maintenance; nothing was changed."""

    status_code = 503
    default_code = "read_only"
    default_detail = _("The service is under maintenance. You can read; try again later to change something.")
    # The Retry-After header. Seconds.
    wait = 120
