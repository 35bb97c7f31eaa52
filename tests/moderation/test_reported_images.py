"""Reported images are copied under keys of their own, however soon their author deletes the originals."""

from collections.abc import Callable

import pytest
from django.core.files.storage import default_storage
from django.db import transaction
from django.test import Client
from django.urls import reverse

from accounts.models import Member
from libs.outbox.models import Job
from libs.outbox.worker import Worker
from media import jobs as media_jobs
from media.image_urls import SUFFIXES, file_name
from media.models import Image
from media.storage import image_files
from moderation import jobs
from moderation.cleanup import clean_up_reports
from moderation.models import Report, ReportedImage
from moderation.reporting import report_member, report_post
from posts.models import Post
from tests.accounts.conftest import AtOnce
from tests.accounts.phone import Phone
from tests.factories import MemberFactory, store_images, upload

pytestmark = pytest.mark.django_db
RunJobs = Callable[[], None]


@pytest.fixture
def report(jun: Member, post: Post) -> Report:
    """Jun's report of the post with two images, which are not copied yet."""
    return report_post(jun, post.pk, reason="nudity", text="")[0]


def is_there(key: str) -> bool:
    return image_files.find_full(key) is not None


def is_public(key: str) -> bool:
    return any(default_storage.exists(file_name(key, variant)) for variant in SUFFIXES)


def test_reported_images_are_copied_and_the_originals_stay(report: Report, post: Post, run_jobs: RunJobs) -> None:
    run_jobs()
    copies = list(report.images.all())
    originals = list(Image.objects.filter(postimage__post=post).order_by("postimage__position"))
    assert all(copy.key.startswith("reports/") and copy.copied_at and not copy.image for copy in copies)
    for copy, original in zip(copies, originals, strict=True):
        assert image_files.find_private(copy.key) == image_files.read_variant(original.key, "full")
    assert Image.objects.stored().count() == 2


def test_an_image_that_storage_has_lost_does_not_block_the_others(
    report: Report, post: Post, run_jobs: RunJobs
) -> None:
    lost, remaining = Image.objects.filter(postimage__post=post).order_by("postimage__position")
    image_files.delete_variants([lost.key])
    run_jobs()
    assert [image.position for image in report.images.all()] == [1]
    post.erase()
    run_jobs()
    assert not Image.objects.filter(pk__in=[lost.pk, remaining.pk]).exists()


def test_jobs_that_the_release_before_has_left_are_run(report: Report, run_jobs: RunJobs) -> None:
    Job.objects.update(
        kind="moderation.copy_pictures", payload={"picture_ids": [copy.pk for copy in report.images.all()]}
    )
    run_jobs()
    assert all(copy.copied_at for copy in report.images.all())
    report.images.all().discard()
    Job.objects.waiting().update(
        kind="moderation.delete_pictures", payload={"picture_ids": [copy.pk for copy in report.images.all()]}
    )
    run_jobs()
    assert not Job.objects.waiting().exists()
    assert not report.images.exists()


def test_a_copy_is_shown_to_moderators_and_to_nobody_else(
    report: Report, run_jobs: RunJobs, client: Client, jun: Member
) -> None:
    run_jobs()
    copy = report.images.all()[0]
    assert client.get("/pictures/" + file_name(copy.key, "full")).status_code == 404
    assert not is_public(copy.key)
    url = reverse("admin:moderation_reported_image", args=[copy.pk])
    assert client.get(url).status_code == 302
    client.force_login(jun)
    assert client.get(url).status_code == 302
    Member.objects.filter(pk=jun.pk).update(is_staff=True)
    assert client.get(url).status_code == 403
    Member.objects.filter(pk=jun.pk).update(is_superuser=True)
    response = client.get(url)
    assert (response.status_code, response.headers["Content-Type"]) == (200, "image/jpeg")
    assert response.headers["Cache-Control"].startswith("private, no-store")


def test_copies_that_the_release_before_left_in_public_become_private(report: Report, run_jobs: RunJobs) -> None:
    run_jobs()
    copy = report.images.all()[0]
    data = image_files.find_private(copy.key)
    assert data
    image_files.save_variant(copy.key, "full", data)
    image_files.delete_private([copy.key])
    ReportedImage.objects.filter(pk=copy.pk).update(private_at=None)
    clean_up_reports()
    run_jobs()
    assert image_files.find_private(copy.key) == data
    assert not is_public(copy.key)


def test_a_post_deleted_right_after_a_report_leaves_the_copies(report: Report, post: Post, run_jobs: RunJobs) -> None:
    originals = list(Image.objects.values_list("key", flat=True))
    post.erase()
    run_jobs()
    assert all(is_there(image.key) for image in report.images.all())
    assert not Image.objects.exists()
    assert not any(is_there(key) for key in originals)


def test_files_whose_deletion_runs_before_the_copy_wait_for_it(report: Report, post: Post, run_jobs: RunJobs) -> None:
    ids, originals = zip(*Image.objects.values_list("pk", "key"), strict=True)
    post.erase()
    # As a second worker would that takes this job first.
    media_jobs.delete_files({"image_ids": list(ids)})
    assert all(is_there(key) for key in originals)
    run_jobs()
    assert [is_there(image.key) for image in report.images.all()] == [True, True]
    assert not Image.objects.exists()
    assert not any(is_there(key) for key in originals)


def test_each_of_two_reports_has_its_own_copies(report: Report, post: Post, run_jobs: RunJobs) -> None:
    other, _ = report_post(MemberFactory.create(), post.pk, reason="spam", text="")
    post.erase()
    run_jobs()
    keys = {image.key for image in (*report.images.all(), *other.images.all())}
    assert len(keys) == 4
    assert all(is_there(key) for key in keys)
    assert not Image.objects.exists()


def test_a_reported_avatar_outlives_its_replacement(
    mina: Member, jun: Member, store_image: Callable[..., Image], run_jobs: RunJobs
) -> None:
    mina.set_avatar(store_image(mina).pk)
    report, _ = report_member(jun, mina.pk, reason="nudity", text="")
    mina.set_avatar(store_image(mina).pk)
    run_jobs()
    assert is_there(report.images.get().key)
    assert Image.objects.count() == 1


def test_copying_and_deleting_twice_does_no_harm(report: Report, run_jobs: RunJobs) -> None:
    payload = {"reported_image_ids": list(report.images.values_list("pk", flat=True))}
    jobs.copy_reported_images(payload)
    jobs.copy_reported_images(payload)
    run_jobs()
    keys = list(report.images.values_list("key", flat=True))
    Report.objects.filter(pk=report.pk).forget()
    jobs.delete_reported_images(payload)
    run_jobs()
    assert not ReportedImage.objects.exists()
    assert not any(is_there(key) for key in keys)


def test_a_report_forgotten_while_it_is_copied_leaves_no_file(
    report: Report, run_jobs: RunJobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = report.images.all()[0]
    save = image_files.save_private

    def save_after_the_report_is_forgotten(key: str, data: bytes) -> None:
        Report.objects.filter(pk=report.pk).forget()
        jobs.delete_reported_images({"reported_image_ids": [first.pk]})
        save(key, data)

    monkeypatch.setattr(image_files, "save_private", save_after_the_report_is_forgotten)
    jobs.copy_reported_images({"reported_image_ids": [first.pk]})
    assert not is_there(first.key)


def test_a_report_forgotten_before_it_was_copied_leaves_no_file(report: Report, post: Post, run_jobs: RunJobs) -> None:
    (first, second) = report.images.select_related("image")
    Report.objects.filter(pk=report.pk).forget()
    # As a worker that had begun to copy.
    assert not first.release_original()
    run_jobs()
    assert not ReportedImage.objects.exists()
    assert not is_there(second.key)
    assert Image.objects.stored().count() == 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", range(4))
def test_a_report_and_a_deletion_at_once_lose_no_image(at_once: AtOnce, turn: int) -> None:
    mina, jun = MemberFactory.create(), MemberFactory.create()
    [image] = store_images([upload()], owner=mina)
    with transaction.atomic():
        post = Post.objects.publish(author=mina, text="", image_ids=[image.pk])
    writer, reader = Phone.of(mina), Phone.of(jun)
    body = {"post_id": str(post.pk), "reason": "nudity"}
    deleted, reported = at_once(
        [lambda: writer.delete(f"posts/{body['post_id']}"), lambda: reader.post("reports", **body)]
    )
    Worker().drain()
    assert (deleted.status_code, reported.status_code) in [(204, 201), (204, 404)]
    assert not Image.objects.exists()
    assert all(is_there(image.key) for image in ReportedImage.objects.all())
    assert ReportedImage.objects.count() == (reported.status_code == 201)
