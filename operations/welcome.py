"""What a newcomer reads when a local server is ready."""

from django.conf import settings

from operations.demo import DEMO_MEMBER, DEMO_MODERATOR, DEMO_PASSWORD


def welcome_text() -> str:
    """Where everything is, and whom to sign in as."""
    here = settings.PUBLIC_URL
    return f"""
  Heart to Heart is ready. Ctrl-C ends it.

    API        {here}/api/v1/
    Swagger    {here}/docs/
    admin      {here}/admin/    {DEMO_MODERATOR}, password {DEMO_PASSWORD}
    sign in    a member of the demo town: {DEMO_MEMBER}, the same password
    mails      shown here, and kept in {settings.EMAIL_FILE_PATH}
    data       {_data()}
"""


def _data() -> str:
    """Where it lies, and how to begin anew where `make clean` would."""
    database = settings.DATABASES["default"]
    if "sqlite" not in database["ENGINE"]:
        return f"files in {settings.VAR_DIR}, all else in the database {database['NAME']}"
    is_cleaned = settings.VAR_DIR == settings.BASE_DIR / "var"
    return f"all of it in {settings.VAR_DIR}" + ('; "make clean" starts anew' if is_cleaned else "")
