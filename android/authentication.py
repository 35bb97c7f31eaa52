"""Who asks at the app's door."""

from accounts.sessions.authentication import MemberAuthentication

DOOR = "android"


class AppAuthentication(MemberAuthentication):
    """The bearer's token, made for this door; one of v1 opens nothing here, and the other way round."""

    door = DOOR
