"""Mail on a developer's machine can be read."""

from email import message_from_bytes, policy
from pathlib import Path

import pytest
from django.core.mail import EmailMessage, get_connection
from pytest_django import Settings


@pytest.fixture
def folder(settings: Settings, tmp_path: Path) -> Path:
    settings.EMAIL_FILE_PATH = tmp_path / "mail"
    return tmp_path / "mail"


def _send(*letters: EmailMessage) -> None:
    get_connection("config.email_backends.ConsoleFileEmailBackend").send_messages(list(letters))


def test_a_mail_is_shown_on_the_console_with_its_text(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _send(EmailMessage("Your code", "The code is\nAb3dEf9h", "us@heart.example", ["mina@heart.example"]))
    shown = capsys.readouterr().err
    assert "mail to mina@heart.example: Your code" in shown
    assert "│ Ab3dEf9h" in shown


def test_each_mail_is_a_file_of_its_own_in_the_order_of_sending(folder: Path) -> None:
    to = [f"{name}@heart.example" for name in ("mina", "jun", "sora")]
    _send(*(EmailMessage("환영합니다", "안녕하세요", "us@heart.example", [address]) for address in to))
    kept = sorted(folder.iterdir())
    assert [name.name.partition("-")[2].split("-", 2)[2] for name in kept] == [f"{address}.eml" for address in to]
    mail = message_from_bytes(kept[0].read_bytes(), policy=policy.default)
    assert mail["Subject"] == "환영합니다"
    assert "안녕하세요" in kept[0].read_text()


def test_an_address_cannot_choose_the_folder_its_mail_is_kept_in(folder: Path) -> None:
    _send(EmailMessage("x", "x", "us@heart.example", ['"../../x"@heart.example']))
    (kept,) = folder.iterdir()
    assert kept.parent == folder
