"""What the wire itself refuses."""

from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import APIException


class PreconditionFailed(APIException):
    """The thing is no longer what the asker has read, or is there although it should not be (RFC 9110 13.1)."""

    status_code = 412
    default_code = "precondition_failed"
    default_detail = _("It has changed since you read it. Read it anew, then decide again.")
