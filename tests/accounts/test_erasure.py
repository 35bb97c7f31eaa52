"""The erasure of a withdrawn member: unreachable at once, deleted in chunks, harmless to repeat."""

import os
import signal
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import DatabaseError, OperationalError, connection, models, transaction
from django.db.models import ManyToOneRel
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework_simplejwt.token_blacklist.models import OutstandingToken
from structlog.testing import capture_logs

from accounts import erasure, member_data_registry
from accounts.erasure import JOB, start_due_erasures, start_erasure
from accounts.jobs import erase_member
from accounts.member_data_registry import ErasureStage
from accounts.models import Follow, LoginSession, Member, SecurityEvent
from libs.outbox.models import Job
from libs.outbox.worker import Worker
from media.models import Image
from posts.models import Post
from tests.accounts.conftest import CodeFor
from tests.accounts.phone import Phone, code_of
from tests.accounts.sent_emails import SentEmails, last_code
from tests.erasing import erase
from tests.factories import PASSWORD, MemberFactory, PostFactory, put
from tests.libs.outbox.processes import database_url, drain, start_worker
from tests.polling import wait_until

pytestmark = pytest.mark.django_db
RunJobs = Callable[[], None]


def join(proof: str) -> Any:
    profile = {"name": "Mina", "nickname": "Mi", "terms_version": "2026-11-01"}
    return Phone().post("members", proof=proof, password="a long password by the sea", **profile)


def start(member: Member) -> None:
    with transaction.atomic():
        start_erasure(Member.objects.get(pk=member.pk))


def files() -> set[Path]:
    return set(Path(settings.MEDIA_ROOT).rglob("*.*"))


def erasure_jobs() -> Any:
    return Job.objects.waiting().filter(kind=JOB)


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> int:
    """Chunks of three records."""
    monkeypatch.setattr(erasure, "CHUNK", 3)
    return 3


# Signing up anew ------------------------------------------------------------------------------------


def test_signing_up_with_a_withdrawn_address_costs_the_same_for_any_number_of_posts(proof_for: CodeFor) -> None:
    costs = []
    for number in (0, 60):
        member = MemberFactory.create()
        PostFactory.create_batch(number, author=member)
        member.withdraw()
        proof = proof_for(member.email)
        with CaptureQueriesContext(connection) as queries:
            assert join(proof).status_code == 201
        assert Post.objects.filter(author=member).count() == number
        costs.append(len(queries))
    assert costs[0] == costs[1] < 40


def test_after_signing_up_anew_nothing_old_can_be_reached(
    mina: Member, jun: Member, proof_for: CodeFor, run_jobs: RunJobs, mailoutbox: SentEmails
) -> None:
    old, reader, email = Phone.of(mina), Phone.of(jun), mina.email
    post = PostFactory.create(author=mina)
    mina.withdraw()
    Phone().post("password-resets", email=email)
    run_jobs()
    reset_code = last_code(mailoutbox, email)
    assert join(proof_for(email)).status_code == 201
    assert Member.objects.filter(pk=mina.pk).exists(), "its jobs have not run yet"
    for path in (f"members/{mina.pk}", f"posts/{post.pk}", f"members/{mina.pk}/followers"):
        assert reader.get(path).status_code == 404
    assert reader.get("posts").json()["results"] == []
    assert (old.get("me").status_code, old.refresh().status_code) == (401, 401)
    assert code_of(Phone().log_in(email)) == "credentials_wrong"
    reset = Phone().post("password-resets/confirm", email=email, code=reset_code, password="another long password")
    assert code_of(reset) == "code_incorrect"


def test_a_started_erasure_cannot_be_cancelled_by_logging_in(mina: Member) -> None:
    mina.withdraw()
    start(mina)
    mina.refresh_from_db()
    assert mina.email.endswith("@erased.invalid")
    assert not mina.has_usable_password()
    # As if somebody had found out the placeholder, and the password had stayed.
    mina.set_password(PASSWORD)
    mina.save(update_fields=["password"])
    assert code_of(Phone().log_in(mina.email)) == "credentials_wrong"
    assert Member.objects.get(pk=mina.pk).withdrawn_at is not None


def test_a_new_member_keeps_everything_while_the_old_one_is_deleted(
    mina: Member, proof_for: CodeFor, run_jobs: RunJobs, store_image: Callable[..., Image]
) -> None:
    PostFactory.create_batch(2, author=mina)
    store_image(mina)
    mina.withdraw()
    phone = Phone()
    phone.store_tokens(join(proof_for(mina.email)))
    new = Member.objects.get(email=mina.email)
    image = store_image(new)
    assert phone.post("posts", text="Here again", image_ids=[str(image.pk)]).status_code == 201
    run_jobs()
    assert list(Member.objects.all()) == [new]
    assert list(Image.objects.all()) == [image]
    assert [post["text"] for post in phone.get("posts").json()["results"]] == ["Here again"]
    assert Phone().log_in(mina.email, "a long password by the sea").status_code == 201


def test_an_erased_member_gets_no_mail_that_was_waiting(
    mina: Member, run_jobs: RunJobs, mailoutbox: SentEmails
) -> None:
    with transaction.atomic():
        SecurityEvent.objects.record_and_notify(mina, SecurityEvent.EMAIL_CHANGED, former_email="former@example.com")
    mina.withdraw()
    start(mina)
    run_jobs()
    assert mailoutbox == []
    assert not Job.objects.waiting().exists()


# Deleting in chunks ---------------------------------------------------------------------------------


def test_each_job_deletes_no_more_than_a_chunk(mina: Member, small_chunks: int) -> None:
    PostFactory.create_batch(7, author=mina)
    start(mina)
    worker, left = Worker([JOB]), []
    while worker.step():
        left.append((Post.objects.count(), Member.objects.count(), erasure_jobs().count()))
    assert left == [(4, 1, 1), (1, 1, 1), (0, 0, 0)]


def test_followers_and_sessions_beyond_a_chunk_are_deleted_too(mina: Member, small_chunks: int) -> None:
    for follower in MemberFactory.create_batch(7):
        follower.follow(mina)
    for _ in range(4):
        Phone.of(mina)
    erase(mina)
    assert not Follow.objects.exists()
    assert not LoginSession.objects.exists()
    assert not OutstandingToken.objects.exists()
    assert Job.objects.filter(kind=JOB).count() > 4


def test_images_beyond_a_chunk_are_deleted_with_their_files(
    mina: Member, small_chunks: int, store_image: Callable[..., Image], run_jobs: RunJobs
) -> None:
    before = files()
    for _ in range(4):
        store_image(mina)
    Post.objects.publish(author=mina, text="", image_ids=[store_image(mina).pk])
    Phone.of(mina).put("me/avatar", image_id=str(store_image(mina).pk))
    erase(mina)
    run_jobs()
    assert not Image.objects.exists()
    assert files() == before


def test_every_reference_to_a_member_that_is_not_deleted_along_is_known_to_a_step() -> None:
    relations = [field for field in Member._meta.get_fields(include_hidden=True) if isinstance(field, ManyToOneRel)]
    remaining = {str(relation.field) for relation in relations if relation.on_delete is not models.CASCADE}
    # The reports that a moderator has taken over are few, and become nobody's when the row is deleted.
    assert remaining == {
        "media.Image.owner", "moderation.Report.assignee", "moderation.Report.reporter", "moderation.Report.subject",
        "token_blacklist.OutstandingToken.user",
    }  # fmt: skip


def test_a_job_that_runs_twice_does_no_harm(mina: Member, jun: Member, small_chunks: int) -> None:
    PostFactory.create_batch(5, author=mina)
    theirs = PostFactory.create(author=jun)
    start(mina)
    while job := erasure_jobs().first():
        erase_member(job.payload)
        erase_member(job.payload)
        job.delete()
    erase_member({"member_id": mina.pk})
    assert list(Member.objects.all()) == [jun]
    assert list(Post.objects.all()) == [theirs]


def test_a_member_who_has_not_withdrawn_is_not_deleted_by_a_job(mina: Member) -> None:
    erase_member({"member_id": mina.pk})
    mina.withdraw()
    erase_member({"member_id": mina.pk})
    assert Member.objects.filter(pk=mina.pk).exists()


@pytest.mark.usefixtures("shared_db")
def test_an_erasure_whose_worker_was_killed_is_finished_by_another(tmp_path: Path, mina: Member, jun: Member) -> None:
    put(Post(author=mina, text="Mina was here") for _ in range(5_000))
    put([Post(author=jun, text="Jun stays")])
    start(mina)
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": database_url(),
        "VAR_DIR": str(tmp_path),
        "OUTBOX_LEASE_SECONDS": "3",
    }
    with start_worker(environment) as worker:
        wait_until(lambda: Post.objects.count() <= 4_501, retry_on=(OperationalError,))
        worker.send_signal(signal.SIGKILL)
        worker.wait()
    assert Member.objects.filter(pk=mina.pk).exists(), "it was killed too late for this test"
    wait_until(lambda: drain(environment) == 0 and not Member.objects.filter(pk=mina.pk).exists())
    assert [post.text for post in Post.objects.all()] == ["Jun stays"]
    assert not erasure_jobs().exists()


# Clean-up -------------------------------------------------------------------------------------------


def withdrawn_long_ago(number: int) -> list[Member]:
    return MemberFactory.create_batch(number, withdrawn_at=timezone.now() - timedelta(days=100))


def test_cleanup_starts_an_erasure_once(run_jobs: RunJobs) -> None:
    withdrawn_long_ago(2)
    assert (start_due_erasures(), start_due_erasures()) == (2, 0)
    assert erasure_jobs().count() == 2
    run_jobs()
    assert not Member.objects.exists()


def test_cleanup_resumes_an_erasure_whose_job_was_given_up(mina: Member, run_jobs: RunJobs) -> None:
    start(mina)
    erasure_jobs().update(dead_at=timezone.now())
    assert start_due_erasures() == 1
    run_jobs()
    assert not Member.objects.exists()


def test_a_member_whose_erasure_cannot_start_stops_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    stuck, *others = withdrawn_long_ago(3)

    def handle(member: Member, email: str) -> None:
        if member == stuck:
            raise DatabaseError("a statement took too long")

    monkeypatch.setattr(member_data_registry, "_former_email_handlers", [handle])
    with capture_logs() as lines, pytest.raises(DatabaseError):
        start_due_erasures()
    assert {job.payload["member_id"] for job in erasure_jobs()} == {member.pk for member in others}
    assert [line["member"] for line in lines] == [stuck.pk]


def test_a_member_who_cannot_be_deleted_stops_no_other(monkeypatch: pytest.MonkeyPatch, run_jobs: RunJobs) -> None:
    stuck, *_ = withdrawn_long_ago(3)

    def step(member: Member, limit: int) -> bool:
        if member == stuck:
            raise DatabaseError("a statement took too long")
        return False

    monkeypatch.setattr(member_data_registry, "_erasure_steps", [(ErasureStage.CONTENT, step)])
    start_due_erasures()
    run_jobs()
    assert list(Member.objects.all()) == [stuck]
    assert [job.attempts for job in erasure_jobs()] == [1]
