"""What a stranger tries on the server as a whole, and what an operator may trust it to refuse."""

import io
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import Settings

from config.wsgi import application
from tests.config.startup import PRODUCTION_ENVIRONMENT, ROOT, startup_errors

NO_ALPHABETS = ["rot13", "zlib", "idna", "punycode", "undefined", "utf-16", "no-such"]


def _ask(query: str, content_type: str, path: str = "/api/v1/config", body: bytes = b"") -> int:
    """The status of a GET, or of a POST with a body, made as the server makes it of what gunicorn hands over."""
    environ: dict[str, Any] = {"REQUEST_METHOD": "POST" if body else "GET", "PATH_INFO": path, "QUERY_STRING": query}
    environ |= {"SERVER_NAME": "localhost", "SERVER_PORT": "80", "wsgi.url_scheme": "http"}
    environ |= {"wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": len(body), "CONTENT_TYPE": content_type}
    return application.get_response(application.request_class(environ)).status_code


@pytest.mark.parametrize("name", NO_ALPHABETS)
def test_a_charset_that_is_no_alphabet_changes_nothing(name: str) -> None:
    assert _ask("", f"text/plain; charset={name}") == 200
    assert _ask("", f"text/plain; title*={name}''%ff") == 200


@pytest.mark.parametrize("odd", ["x*=no-such''%41", "x*=utf-8''%ff; x*=1", "x*="])
def test_a_type_that_cannot_be_read_is_no_fault_of_ours(odd: str) -> None:
    assert _ask("", f"application/json; {odd}", "/api/v1/sessions", b"{}") in (400, 415)
    assert _ask("", f"application/json; {odd}", "/api/v1/sessions/refresh", b"{}") in (400, 415)


def test_too_many_parameters_are_refused_in_any_charset() -> None:
    many = "&".join(f"a{number}=1" for number in range(150))
    assert _ask(many, "text/plain; charset=latin-1") == 413


def test_what_the_address_of_the_database_asks_for_is_kept() -> None:
    address = PRODUCTION_ENVIRONMENT["DATABASE_URL"] + "?sslmode=verify-full"
    says = "from config.settings import DATABASES; print(DATABASES['default']['OPTIONS'])"
    done = subprocess.run(
        [sys.executable, "-c", says],
        env={"PATH": os.environ["PATH"], "DATABASE_URL": address},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "'sslmode': 'verify-full'" in done.stdout
    assert "statement_timeout" in done.stdout


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("IMAGE_BASE_URL", "http://pictures.heart.example"),
        ("IMAGE_BASE_URL", ""),
        ("EMAIL_USE_TLS", "off"),
        ("JWT_ALGORITHM", "none"),
    ],
)
def test_production_sends_nothing_in_clear_text_and_signs_everything(name: str, value: str) -> None:
    assert f"- {name} " in startup_errors(**PRODUCTION_ENVIRONMENT | {name: value})


def test_a_mail_catcher_on_the_same_machine_needs_no_encryption() -> None:
    assert startup_errors(**PRODUCTION_ENVIRONMENT | {"EMAIL_USE_TLS": "off", "EMAIL_HOST": "localhost"}) == ""


@pytest.mark.parametrize("path", ["/withdraw/", "/withdraw/confirm/", "/admin/login/"])
def test_a_page_reads_no_files_of_strangers(
    db: None, client: Client, path: str, tmp_path: Path, settings: Settings
) -> None:
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path / "nowhere")
    large = SimpleUploadedFile("a.png", b"x" * 2_000_000)
    assert client.post(path, {"email": "mina@example.com", "file": large}).status_code == 400
    small = SimpleUploadedFile("a.png", b"x" * 1_000)
    assert client.post(path, {"email": "mina@example.com", "file": small}).status_code == 200
