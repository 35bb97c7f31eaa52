"""Descriptions of exceptions say where to look and hold no secrets."""

import pytest

from libs.outbox.models import Job
from libs.outbox.redaction import describe_exception
from libs.outbox.worker import Worker
from tests.libs.outbox.conftest import EnqueueJob


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
    description = describe_exception(ValueError(f"refused ({secret}) by the server"))
    for part in (secret, "hunter2", "Signature", "c2lnbmF0dXJl"):
        assert part not in description
    assert description.startswith("ValueError: refused ")


@pytest.mark.parametrize("text", ["a" * 1_000_000, "aB" * 500_000, "a@" * 500_000, "x" * 990 + " aB3dE6gH"])
def test_a_hostile_message_is_cut_before_it_is_searched(text: str) -> None:
    description = describe_exception(ValueError(text))
    assert len(description) <= 300
    assert "aB3d" not in description


def test_words_numbers_and_the_location_are_kept() -> None:
    try:
        raise TimeoutError(110, "Connection timed out after 10 seconds")
    except TimeoutError as error:
        description = describe_exception(error)
    assert description.startswith(
        "TimeoutError: [Errno 110] Connection timed out after 10 seconds at outbox/test_last_errors"
    )


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["a\x00b", "line\r\nline", "\udcff", "한" * 1000, ""])
def test_any_text_of_an_exception_can_be_stored(enqueue_job: EnqueueJob, text: str) -> None:
    job = enqueue_job()
    description = describe_exception(OSError(text))
    Job.objects.filter(pk=job.pk).update(last_error=description)
    job.refresh_from_db()
    assert job.last_error == description
    assert len(description.splitlines()) == 1


def test_an_exception_without_a_readable_text_is_named() -> None:
    class MuteError(Exception):
        def __str__(self) -> str:
            raise RuntimeError

    assert "MuteError" in describe_exception(MuteError())


@pytest.mark.django_db
def test_a_failed_job_shows_no_address_and_no_code(enqueue_job: EnqueueJob, caplog: pytest.LogCaptureFixture) -> None:
    job = enqueue_job("test.fail")
    Worker().step()
    job.refresh_from_db()
    for description in (job.last_error, str(caplog.records[-1].__dict__)):
        assert "mail.example refused" in description
        assert "mina@" not in description
        assert "a1B2c3D4" not in description
