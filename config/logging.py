"""Logging: one line per event, JSON in production, without secrets and e-mail addresses."""

import logging
import logging.config
import re
import sys
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import orjson
import structlog
from django.utils.log import CallbackFilter
from structlog.typing import EventDict, Processor

from libs.postgresql.errors import DatabaseAway

REDACTED = "[redacted]"
SECRET_KEYS = frozenset(
    ["password", "token", "access", "refresh", "code", "proof", "authorization", "cookie", "secret", "email", "address"]
)
SECRET_ENDINGS = ("_password", "_token", "_secret", "_email")
# Fields of the standard library's `extra` that are written.
EXTRA_FIELDS = ("kind", "job", "attempts", "ms", "outcome", "error", "images")
EMAIL = re.compile(r"[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")
# A run of words and dots, which is a token if it has the beginning of a JWT. Each run is matched once, from its start,
# so that a hostile text costs linear time.
DOTTED_RUN = re.compile(r"(?<![\w-])[\w-]*+(?:\.[\w-]*+){1,4}")
JWT_START = "eyJ"


def configure(options: dict[str, Any]) -> None:
    """Configure structlog and the standard library's logging; Django calls it as settings.LOGGING_CONFIG.

    `options` has `level` (a name such as "INFO") and `as_json` (JSON lines, or text for a console).
    """
    level, as_json = options["level"], options["as_json"]
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            *_first_processors(),
            *_last_processors(as_json, orjson.dumps),
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
    """Return the dictConfig of the standard library's logging, which gunicorn uses too."""
    propagated: dict[str, Any] = {"handlers": [], "propagate": True}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": _formatter(as_json)},
        # The request log has every refusal already; only a crash adds something, its traceback. The circuit breaker has
        # logged why the database is away.
        "filters": {
            "crashes": {"()": CallbackFilter, "callback": _is_crash},
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"level": level, "handlers": ["stderr"]},
        "loggers": {
            "django": propagated,
            "django.server": propagated,
            "gunicorn.error": propagated,
            "django.request": {"filters": ["crashes"]},
            # Scanners that call the server by its IP address would fill the log.
            "django.security.DisallowedHost": {"level": "CRITICAL"},
        },
    }


def _is_crash(record: logging.LogRecord) -> bool:
    error = record.exc_info[1] if record.exc_info else None
    return error is not None and record.levelno >= logging.ERROR and not isinstance(error, DatabaseAway)


def _formatter(as_json: bool) -> dict[str, Any]:
    return {
        "()": structlog.stdlib.ProcessorFormatter,
        "foreign_pre_chain": [
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.add_logger_name,
            # Only known fields, because a library may attach a whole request.
            structlog.stdlib.ExtraAdder(allow=EXTRA_FIELDS),
            *_first_processors(),
        ],
        "processors": [
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            *_last_processors(as_json, _dumps_text),
        ],
    }


def _first_processors() -> list[Processor]:
    return [structlog.processors.add_log_level, structlog.processors.TimeStamper(fmt="iso", utc=True)]


def _last_processors(as_json: bool, dumps: Any) -> list[Processor]:
    # A traceback with local variables would print passwords and tokens, so plain ones are used.
    return [structlog.processors.format_exc_info, redact, _renderer(as_json, dumps)]


def _renderer(as_json: bool, dumps: Any) -> Processor:
    if as_json:
        return structlog.processors.JSONRenderer(serializer=dumps)
    return structlog.dev.ConsoleRenderer(
        colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback, sort_keys=False, pad_event_to=0
    )


def _dumps_text(event: Any, **options: Any) -> str:
    return orjson.dumps(event, **options).decode()


def redact(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """Replace values of secret keys, and e-mail addresses and tokens in texts; a structlog processor."""
    text = str(event["event"])
    # The text may quote a request, which must not be able to begin a line of its own.
    event["event"] = text.replace("\r", "\\r").replace("\n", "\\n") if "\n" in text or "\r" in text else text
    return _redact_mapping(event)


def _redact_mapping(mapping: Mapping[Any, Any]) -> dict[Any, Any]:
    return {key: REDACTED if _is_secret(key) else _redact_value(value) for key, value in mapping.items()}


def _redact_value(value: Any) -> Any:
    if isinstance(value, str):
        value = EMAIL.sub(REDACTED, value) if "@" in value else value
        return DOTTED_RUN.sub(_redact_token, value) if JWT_START in value else value
    if isinstance(value, dict):
        return _redact_mapping(value)
    if isinstance(value, (list, tuple)):
        return [_redact_value(item) for item in value]
    return value


def _redact_token(run: re.Match[str]) -> str:
    return REDACTED if JWT_START in run[0] else run[0]


@lru_cache(maxsize=1024)
def _is_secret(key: Any) -> bool:
    return isinstance(key, str) and (key in SECRET_KEYS or key.endswith(SECRET_ENDINGS))
