"""Errors that only the compatibility API raises; android.error_codes translates them for the app."""

from rest_framework.exceptions import APIException


class NotTheMember(APIException):
    """The request names an actor other than the member of the token."""

    status_code = 403
    default_code = "not_the_member"
    default_detail = "The member_id is not that of the token."


class AlreadyBlocking(APIException):
    """The member is blocked already; v1 answers the same request with success."""

    status_code = 400
    default_code = "already_blocking"
    default_detail = "This member is blocked already."
