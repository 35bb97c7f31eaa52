"""Reading of the environment."""

from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured

FORMATS = {int: "a whole number", float: "a number", dict: "a list of name=value, separated by commas"}


class Env(environ.Env):  # type: ignore[misc]
    """The environment. Raises ImproperlyConfigured for a value that cannot be read as its type."""

    def get_value(self, var: str, cast: Any = None, **options: Any) -> Any:
        """Return the value of a variable, or its default."""
        try:
            return super().get_value(var, cast=cast, **options)
        # Its text may be a secret, so it is not shown.
        except ValueError:
            expected = FORMATS.get(cast, "what docs/settings.md describes")
            raise ImproperlyConfigured(f"{var} must be {expected}. Correct it in the environment.") from None

    def db(self, var: str, default: str) -> dict[str, Any]:
        """Return the settings of the database at this URL. An empty URL counts as missing, as in an unfilled form."""
        database: dict[str, Any] = self.db_url_config(self.get_value(var, default=default) or default)
        return database

    def db_list(self, var: str) -> list[dict[str, Any]]:
        """Return the settings of the databases at these URLs, which are separated by commas; none by default."""
        databases: list[dict[str, Any]] = self.get_value(var, cast=_parse_urls, default=[])
        return databases


def _parse_urls(urls: str) -> list[dict[str, Any]]:
    return [environ.Env.db_url_config(url.strip()) for url in urls.split(",") if url.strip()]
