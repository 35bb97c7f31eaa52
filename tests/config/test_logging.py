"""Log lines have one format and contain no secrets, e-mail addresses or tokens."""

import json
import subprocess
import sys

import pytest

from config.logging import REDACTED, redact

TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"


@pytest.mark.parametrize("key", ["password", "access", "refresh", "code", "proof", "authorization", "new_password"])
def test_values_of_secret_keys_are_redacted_from_a_line(key: str) -> None:
    assert redact(None, "info", {"event": "x", key: "a secret"}) == {"event": "x", key: REDACTED}


def test_secrets_nested_inside_a_payload_are_redacted_too() -> None:
    event = redact(None, "info", {"event": "x", "payload": [{"token": "a secret", "id": 7}]})
    assert event == {"event": "x", "payload": [{"token": REDACTED, "id": 7}]}


def test_email_addresses_and_tokens_in_a_text_are_redacted() -> None:
    event = redact(None, "info", {"event": f"mina@heart.example sent Bearer {TOKEN}."})
    assert event == {"event": f"{REDACTED} sent Bearer {REDACTED}"}


def test_a_long_text_around_an_at_sign_stays_as_it_is() -> None:
    text = "a" * 100_000 + " @ "
    assert redact(None, "info", {"event": text}) == {"event": text}


@pytest.mark.parametrize("text", ["eyJ" * 300_000, "eyJ-" * 300_000, "eyJ." * 300_000, "a@b." * 200_000])
def test_a_hostile_text_of_a_megabyte_is_redacted_without_trying_every_place(text: str) -> None:
    # With a pattern that tries again at each character this takes hours.
    assert "eyJ.eyJ" not in redact(None, "info", {"event": text})["event"]


def test_text_from_a_request_cannot_start_a_new_log_line() -> None:
    assert redact(None, "info", {"event": "hello\r\nlevel=info all is well"})["event"] == (
        "hello\\r\\nlevel=info all is well"
    )


def test_a_crash_is_one_json_line_with_traceback_but_no_local_variables() -> None:
    line = _line_of_a_crash()
    assert line["event"] == "it broke"
    assert "Traceback" in line["exception"]
    assert "by heart" not in str(line)


def _line_of_a_crash() -> dict[str, str]:
    lines = _lines_written_by("""
def log_in():
    password = "learned " + "by heart"
    raise ValueError(f"no such member: mina@heart.example")
try:
    log_in()
except ValueError:
    logging.getLogger("anything").exception("it broke")
""")
    (line,) = lines
    return line


def test_structlog_and_the_standard_library_write_the_same_fields() -> None:
    from_structlog, from_logging = _lines_written_by("""
structlog.get_logger().warning("hello", member=7)
logging.getLogger("library").warning("hello %s", 7)
""")
    time = from_structlog["timestamp"]
    assert from_structlog == {"event": "hello", "level": "warning", "member": 7, "timestamp": time}
    assert from_logging.keys() == {"event", "level", "logger", "timestamp"}


def _lines_written_by(code: str) -> list[dict[str, str]]:
    start = (
        "import logging, structlog; from config.logging import configure; configure({'level': 'INFO', 'as_json': True})"
    )
    result = subprocess.run([sys.executable, "-c", start + code], capture_output=True, text=True, check=True)
    return [json.loads(line) for line in result.stderr.splitlines()]


def test_django_logs_only_crashes_beside_the_request_log() -> None:
    (line,) = _lines_written_by("""
from libs.postgresql.errors import DatabaseAway
logging.getLogger("django.request").warning("Not Found: /nowhere")
logging.getLogger("django.request").warning("Forbidden: /here", exc_info=PermissionError("no"))
logging.getLogger("django.request").error("Service Unavailable: /here", exc_info=DatabaseAway())
logging.getLogger("django.request").error("Internal Server Error: /here", exc_info=ValueError("broken"))
""")
    assert line["event"] == "Internal Server Error: /here"
