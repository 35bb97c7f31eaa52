"""Events of this app (libs.events)."""

from libs.events import Event

# A member follows another one anew: the ids of the follower and of the followed member, both locked.
FOLLOWED = Event[[int, int]]()
# Login sessions end before they expire: their ids.
SESSIONS_ENDED = Event[[list[int]]]()
