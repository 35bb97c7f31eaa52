"""Events of this app (libs.events)."""

from libs.events import Event

# A member has given a heart: the ids of the post, which is locked, of its author, and of the giver.
HEART_GIVEN = Event[[int, int, int]]()
# A post or comment, which is locked or new, mentions members whom it did not mention before: their ids without the
# author's, that of the author as `by`, and `post` or `comment`, the id of either.
MEMBERS_MENTIONED = Event[...]()
