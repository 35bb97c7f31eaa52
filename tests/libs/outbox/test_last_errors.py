"""What is kept of an exception tells where to look and gives nothing away."""

import pytest

from libs.outbox.models import Job
from libs.outbox.redaction import describe
from libs.outbox.worker import Worker
from tests.libs.outbox.conftest import Owe


@pytest.mark.parametrize(
    "secret",
    [
        "mina@example.com",
        "smtp://mina:hunter2@mail.example",
        "https://bucket.example/a.jpg?X-Amz-Signature=abc",
        "aB3dE6gH",
        "aBcDeFgH",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl",
        "Q2hhbmdlLW1lLW5vdw==",
    ],
)
def test_addresses_queries_and_secrets_are_masked(secret: str) -> None:
    told = describe(ValueError(f"refused ({secret}) by the server"))
    for part in (secret, "hunter2", "Signature", "c2lnbmF0dXJl"):
        assert part not in told
    assert told.startswith("ValueError: refused ")


def test_plain_words_numbers_and_the_place_are_kept() -> None:
    try:
        raise TimeoutError(110, "Connection timed out after 10 seconds")
    except TimeoutError as error:
        told = describe(error)
    assert told.startswith("TimeoutError: [Errno 110] Connection timed out after 10 seconds at outbox/test_last_errors")


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["a\x00b", "line\r\nline", "\udcff", "한" * 1000, ""])
def test_any_text_of_an_exception_can_be_kept(owe: Owe, text: str) -> None:
    job = owe()
    told = describe(OSError(text))
    Job.objects.filter(pk=job.pk).update(last_error=told)
    job.refresh_from_db()
    assert job.last_error == told
    assert len(told.splitlines()) == 1


def test_an_exception_that_cannot_be_told_is_named() -> None:
    class MuteError(Exception):
        def __str__(self) -> str:
            raise RuntimeError

    assert "MuteError" in describe(MuteError())


@pytest.mark.django_db
def test_a_failed_job_shows_no_address_and_no_code(owe: Owe, caplog: pytest.LogCaptureFixture) -> None:
    job = owe("test.fail")
    Worker().step()
    job.refresh_from_db()
    for told in (job.last_error, str(caplog.records[-1].__dict__)):
        assert "mail.example refused" in told
        assert "mina@" not in told
        assert "a1B2c3D4" not in told
