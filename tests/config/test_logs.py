"""What a log line may hold: everything an operator needs, nothing a thief could use."""

import json
import subprocess
import sys

import pytest

from config.logging import REDACTED, redact

TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"


@pytest.mark.parametrize("key", ["password", "access", "refresh", "code", "proof", "authorization", "new_password"])
def test_what_its_key_calls_secret_is_taken_out_of_a_line(key: str) -> None:
    assert redact(None, "info", {"event": "x", key: "hush"}) == {"event": "x", key: REDACTED}


def test_secrets_deep_inside_a_payload_are_taken_out_too() -> None:
    event = redact(None, "info", {"event": "x", "payload": [{"token": "hush", "id": 7}]})
    assert event == {"event": "x", "payload": [{"token": REDACTED, "id": 7}]}


def test_addresses_and_tokens_in_the_text_of_an_event_are_taken_out() -> None:
    event = redact(None, "info", {"event": f"mina@heart.example came with Bearer {TOKEN}."})
    assert event == {"event": f"{REDACTED} came with Bearer {REDACTED}"}


def test_a_text_full_of_signs_does_not_slow_the_log_down() -> None:
    text = "a" * 100_000 + " @ "
    assert redact(None, "info", {"event": text}) == {"event": text}


def test_a_stranger_cannot_begin_a_line_of_their_own() -> None:
    assert redact(None, "info", {"event": "hello\r\nlevel=info all is well"})["event"] == (
        "hello\\r\\nlevel=info all is well"
    )


def test_a_crash_is_one_line_of_json_with_its_traceback_and_no_local_variables() -> None:
    line = _line_of_a_crash()
    assert line["event"] == "it broke"
    assert "Traceback" in line["exception"]
    assert "by heart" not in str(line)


def _line_of_a_crash() -> dict[str, str]:
    written = _written_by("""
def sign_in():
    password = "learned " + "by heart"
    raise ValueError(f"no such member: mina@heart.example")
try:
    sign_in()
except ValueError:
    logging.getLogger("anything").exception("it broke")
""")
    (line,) = written
    return line


def test_structlog_and_the_standard_library_write_the_same_fields() -> None:
    ours, theirs = _written_by("""
structlog.get_logger().warning("ours", member=7)
logging.getLogger("theirs").warning("theirs %s", 7)
""")
    assert ours == {"event": "ours", "level": "warning", "member": 7, "timestamp": ours["timestamp"]}
    assert theirs.keys() == {"event", "level", "logger", "timestamp"}


def _written_by(code: str) -> list[dict[str, str]]:
    start = (
        "import logging, structlog; from config.logging import configure; configure({'level': 'INFO', 'as_json': True})"
    )
    done = subprocess.run([sys.executable, "-c", start + code], capture_output=True, text=True, check=True)
    return [json.loads(line) for line in done.stderr.splitlines()]


def test_of_requests_only_crashes_are_told_beside_their_own_line() -> None:
    (line,) = _written_by("""
logging.getLogger("django.request").warning("Not Found: /nowhere")
logging.getLogger("django.request").error("Internal Server Error: /here", exc_info=ValueError("broken"))
""")
    assert line["event"] == "Internal Server Error: /here"
