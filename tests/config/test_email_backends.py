"""E-mails of a local server are files and are printed on the console."""

from email import message_from_bytes, policy
from pathlib import Path

import pytest
from django.core.mail import EmailMessage, get_connection
from pytest_django import Settings


@pytest.fixture
def folder(settings: Settings, tmp_path: Path) -> Path:
    settings.EMAIL_FILE_PATH = tmp_path / "mail"
    return tmp_path / "mail"


def _send(*emails: EmailMessage) -> None:
    get_connection("config.email_backends.ConsoleFileEmailBackend").send_messages(list(emails))


def test_an_email_is_printed_on_the_console_with_its_text(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _send(EmailMessage("Your code", "The code is\nAb3dEf9h", "us@heart.example", ["mina@heart.example"]))
    output = capsys.readouterr().err
    assert "E-mail to mina@heart.example: Your code" in output
    assert "│ Ab3dEf9h" in output


def test_each_email_is_a_file_sorted_by_time_of_sending(folder: Path) -> None:
    to = [f"{name}@heart.example" for name in ("mina", "jun", "sora")]
    _send(*(EmailMessage("환영합니다", "안녕하세요", "us@heart.example", [address]) for address in to))
    files = sorted(folder.iterdir())
    assert [file.name.partition("-")[2].split("-", 2)[2] for file in files] == [f"{address}.eml" for address in to]
    email = message_from_bytes(files[0].read_bytes(), policy=policy.default)
    assert email["Subject"] == "환영합니다"
    assert "안녕하세요" in files[0].read_text()


def test_an_email_address_cannot_choose_the_folder_of_its_file(folder: Path) -> None:
    _send(EmailMessage("x", "x", "us@heart.example", ['"../../x"@heart.example']))
    (file,) = folder.iterdir()
    assert file.parent == folder
