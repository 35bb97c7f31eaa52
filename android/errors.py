"""What only this wire refuses; android.error_codes says how the app hears it."""

from rest_framework.exceptions import APIException


class NotTheMember(APIException):
    """The request names an actor, and it is not the member of the token."""

    status_code = 403
    default_code = "not_the_member"
    default_detail = "The member_id is not that of the token."


class AlreadyBlocking(APIException):
    """The block is there; v1 takes the same as a success."""

    status_code = 400
    default_code = "already_blocking"
    default_detail = "This member is blocked already."
