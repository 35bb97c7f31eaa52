"""Errors of comments."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import APIException, ErrorDetail, ValidationError

from posts.errors import NotYours


class CommentNotYours(NotYours):
    """The member sees the comment, but wrote neither it nor the post."""

    default_detail = _("Only the author of the comment or of its post can delete it.")


class CommentsClosed(APIException):
    """The author of the post has closed its comments."""

    status_code = 403
    default_code = "comments_closed"
    default_detail = _("The author of this post has closed the comments.")


class NoSuchComment(ValidationError):
    """There is no comment to reply to on this post that the member sees."""

    def __init__(self) -> None:
        error = ErrorDetail(gettext("There is no such comment on this post."), "invalid")
        super().__init__({"reply_to": [error]})
