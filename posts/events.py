"""Events of this app (libs.events)."""

from libs.events import Event

# A member has given a heart: the ids of the post, which is locked, of its author, and of the giver.
HEART_GIVEN = Event[[int, int, int]]()
