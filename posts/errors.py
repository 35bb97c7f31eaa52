"""Errors of posts."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import APIException, ErrorDetail, ValidationError


class PostEmpty(APIException):
    """The post has neither a text nor an image."""

    status_code = 400
    default_code = "post_empty"
    default_detail = _("Write something or add a photo.")


class MentionNotPossible(ValidationError):
    """Somebody who is mentioned does not exist, or is hidden from the author."""

    def __init__(self) -> None:
        error = ErrorDetail(gettext("You cannot mention one of these members."), "invalid")
        super().__init__({"mentions": [error]})


class NotYours(APIException):
    """The member sees the post but is not its author."""

    status_code = 403
    default_code = "not_yours"
    default_detail = _("Only the author of the post can do this.")


class FormatNotSupported(APIException):
    """An embed was requested in a format that oEmbed knows and this server does not make."""

    status_code = 501
    default_code = "format_not_supported"
    default_detail = _("This format is not supported. Use json.")


class PostingClosed(APIException):
    """Operators have turned off new posts for a while."""

    status_code = 503
    default_code = "posting_closed"
    default_detail = _("Nobody can publish posts at the moment. Try again later.")
    # The Retry-After header. Seconds.
    wait = 600
