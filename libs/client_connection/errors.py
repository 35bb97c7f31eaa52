"""The error of a request whose client has gone."""

from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import APIException


class ClientDisconnected(APIException):
    """The client closed its connection before the response: the request has no effect."""

    status_code = 400
    default_code = "client_disconnected"
    default_detail = _("The connection was closed before the response. Nothing was stored.")
