"""The text that `make run` prints when the local server is ready."""

from urllib.parse import urlsplit

from django.conf import settings

from operations.demo_data import DEMO_MEMBER, DEMO_PASSWORD, DEMO_STAFF, DEMO_SUPERUSER


def welcome_text() -> str:
    """Return the addresses of the server, the demo accounts, and where the data is."""
    url = settings.PUBLIC_URL
    staff = [*(f"{email} ({role})" for email, *_, role in DEMO_STAFF), f"{DEMO_SUPERUSER} (superuser)"]
    return f"""{unreachable_url_warning()}
  Heart to Heart is running. Stop it with Ctrl-C.

    API        below {url}/api/v1/
    Swagger    {url}/docs/
    Admin      {url}/admin/    {staff[0]}, password {DEMO_PASSWORD}
               or with the same password: {", ".join(staff[1:])}
    Log in     as a demo member: {DEMO_MEMBER}, same password
    E-mails    printed here, and saved in {settings.EMAIL_FILE_PATH}
    Data       {_data_location()}
"""


def unreachable_url_warning() -> str:
    """Return what to set when other machines reach the server, but not the URLs that it names; else an empty text."""
    is_local_url = urlsplit(settings.PUBLIC_URL).hostname in settings.LOCAL_HOSTS
    if settings.BIND.strip("[]") in settings.LOCAL_HOSTS or not is_local_url:
        return ""
    return f"""
  WARNING: other devices can reach this server, but the URLs of images and links in e-mails begin with
  {settings.PUBLIC_URL}, which on another device means that device itself. Start it with the address of this
  machine, for example PUBLIC_URL=http://192.168.0.10:{settings.PORT}
"""


def _data_location() -> str:
    database = settings.DATABASES["default"]
    if "sqlite" not in database["ENGINE"]:
        return f"files in {settings.VAR_DIR}, everything else in the database {database['NAME']}"
    # `make clean` deletes this directory and no other.
    is_cleaned = settings.VAR_DIR == settings.BASE_DIR / "var"
    return f"everything in {settings.VAR_DIR}" + ('; "make clean" deletes it' if is_cleaned else "")
