"""What a log line looks like: one line an event, JSON in production, no secrets and no addresses."""

import logging
import logging.config
import re
import sys
from collections.abc import Mapping
from functools import lru_cache
from operator import attrgetter
from typing import Any

import orjson
import structlog
from django.utils.log import CallbackFilter
from structlog.typing import EventDict, Processor

REDACTED = "[redacted]"
SECRET_KEYS = frozenset(
    ["password", "token", "access", "refresh", "code", "proof", "authorization", "cookie", "secret", "email", "address"]
)
SECRET_ENDINGS = ("_password", "_token", "_secret", "_email")
EXTRAS = ("kind", "job", "attempts", "ms", "outcome", "error", "images")
EMAIL = re.compile(r"[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")
JWT = re.compile(r"eyJ[\w-]+(?:\.[\w-]*){1,4}")


def configure(options: dict[str, Any]) -> None:
    """Set up structlog and the standard library's logging alike; settings.LOGGING_CONFIG points here.

    `options` are `level` (a name such as "INFO") and `as_json` (lines for machines, or for people).
    """
    level, as_json = options["level"], options["as_json"]
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            *_shared_processors(),
            *_final_processors(),
            _renderer(as_json, orjson.dumps),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.BytesLoggerFactory(sys.stderr.buffer)
        if as_json
        else structlog.WriteLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    logging.config.dictConfig(logging_config(level, as_json))
    logging.captureWarnings(as_json)


def logging_config(level: str, as_json: bool) -> dict[str, Any]:
    """The standard library's part, in the shape of logging.config; gunicorn is given the same one."""
    formatter = {
        "()": structlog.stdlib.ProcessorFormatter,
        "foreign_pre_chain": [
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.add_logger_name,
            # Only fields we know: what a library attaches may be a whole request.
            structlog.stdlib.ExtraAdder(allow=EXTRAS),
            *_shared_processors(),
        ],
        "processors": [
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            *_final_processors(),
            _renderer(as_json, _dumps_text),
        ],
    }
    handed_up: dict[str, Any] = {"handlers": [], "propagate": True}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": formatter},
        # The request's own line tells of every refusal; only a crash, with its traceback, is worth another.
        "filters": {"crashes": {"()": CallbackFilter, "callback": attrgetter("exc_info")}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"level": level, "handlers": ["stderr"]},
        "loggers": {
            "django": handed_up,
            "django.server": handed_up,
            "gunicorn.error": handed_up,
            "django.request": {"filters": ["crashes"]},
            # Strangers who call the machine by its number are no news.
            "django.security.DisallowedHost": {"level": "CRITICAL"},
        },
    }


def _shared_processors() -> list[Processor]:
    return [structlog.processors.add_log_level, structlog.processors.TimeStamper(fmt="iso", utc=True)]


def _final_processors() -> list[Processor]:
    # The plain traceback: one that shows local variables would print passwords and tokens.
    return [structlog.processors.format_exc_info, redact]


def _renderer(as_json: bool, dumps: Any) -> Processor:
    if as_json:
        return structlog.processors.JSONRenderer(serializer=dumps)
    return structlog.dev.ConsoleRenderer(
        colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback, sort_keys=False, pad_event_to=0
    )


def _dumps_text(event: Any, **options: Any) -> str:
    return orjson.dumps(event, **options).decode()


def redact(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """Take out what the keys of `event` call secret, and what looks like an e-mail address or a token in its texts."""
    text = str(event["event"])
    # What a stranger sent may be part of the text; it stays on its line on the console too.
    event["event"] = text.replace("\r", "\\r").replace("\n", "\\n") if "\n" in text or "\r" in text else text
    return _without_secret_keys(event)


def _without_secret_keys(named: Mapping[Any, Any]) -> dict[Any, Any]:
    return {key: REDACTED if _is_secret(key) else _without_secrets(value) for key, value in named.items()}


def _without_secrets(value: Any) -> Any:
    if isinstance(value, str):
        value = EMAIL.sub(REDACTED, value) if "@" in value else value
        return JWT.sub(REDACTED, value) if "eyJ" in value else value
    if isinstance(value, dict):
        return _without_secret_keys(value)
    if isinstance(value, (list, tuple)):
        return [_without_secrets(part) for part in value]
    return value


@lru_cache(maxsize=1024)
def _is_secret(key: Any) -> bool:
    return isinstance(key, str) and (key in SECRET_KEYS or key.endswith(SECRET_ENDINGS))
