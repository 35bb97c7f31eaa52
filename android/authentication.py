"""Authentication of the Android compatibility API."""

from accounts.sessions.authentication import MemberAuthentication

ANDROID_AUDIENCE = "android"


class AppAuthentication(MemberAuthentication):
    """Access tokens whose audience is the app; tokens of v1 are refused here, and the other way round."""

    audience = ANDROID_AUDIENCE
