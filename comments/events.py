"""Events of this app (libs.events)."""

from typing import TYPE_CHECKING

from libs.events import Event

if TYPE_CHECKING:
    from comments.models import Comment

# A member has commented on a post, which is locked. The id is that of the comment to which they replied: a reply to a
# reply has another one as its parent.
COMMENT_PUBLISHED: "Event[[Comment, int | None]]" = Event()
