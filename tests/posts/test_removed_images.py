"""Images of a removed post cannot be read by anybody, until the post is restored."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from rest_framework.test import APIClient

from accounts.models import Member
from libs.outbox.models import Job
from media import jobs, withholding
from media.models import Image
from media.storage import image_files
from posts.models import Post

Illustrated = Callable[..., Post]
RunJobs = Callable[[], None]
ENDS = ("full.jpg", "feed.webp", "thumb.webp")


def public_files(image: Image) -> list[str]:
    """The ends of the files that whoever knows their URLs can read."""
    return [end for end in ENDS if Path(settings.MEDIA_ROOT, f"{image.key}.{end}").exists()]


@pytest.fixture
def post(mina: Member, illustrated: Illustrated, run_jobs: RunJobs) -> Post:
    published = illustrated(mina)
    run_jobs()
    return published


@pytest.fixture
def image(post: Post) -> Image:
    return Image.objects.get(postimage__post=post)


def test_files_of_a_removed_post_are_gone_until_it_is_restored(post: Post, image: Image, run_jobs: RunJobs) -> None:
    assert public_files(image) == [*ENDS]
    full = image_files.find_variant(image.key, "full")
    post.remove()
    run_jobs()
    assert public_files(image) == []
    post.restore()
    run_jobs()
    assert public_files(image) == [*ENDS]
    assert image_files.find_variant(image.key, "full") == full


def test_the_author_cannot_read_a_removed_image_by_its_id(post: Post, image: Image, mina_api: APIClient) -> None:
    post.remove()
    assert mina_api.get(f"/api/v1/images/{image.pk}").status_code == 404
    post.restore()
    assert mina_api.get(f"/api/v1/images/{image.pk}").status_code == 200


def test_a_post_removed_before_its_variants_are_made_stays_unreadable(
    mina: Member, illustrated: Illustrated, run_jobs: RunJobs
) -> None:
    post = illustrated(mina)
    post.remove()
    run_jobs()
    assert public_files(Image.objects.get(postimage__post=post)) == []


@pytest.mark.parametrize("is_removed_last", [True, False])
def test_the_last_decision_counts_however_often_the_jobs_run(
    post: Post, image: Image, run_jobs: RunJobs, is_removed_last: bool
) -> None:
    post.remove()
    post.restore()
    if is_removed_last:
        post.remove()
    for _ in range(3):
        withholding.move_files(image.pk)
    run_jobs()
    assert public_files(image) == ([] if is_removed_last else [*ENDS])
    assert image_files.find_full(image.key)


def test_a_decision_undone_while_its_job_runs_leaves_the_files_public(
    post: Post, image: Image, run_jobs: RunJobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    post.remove()
    delete = image_files.delete_variants

    def delete_after_the_post_is_restored(keys: Any) -> None:
        monkeypatch.setattr(image_files, "delete_variants", delete)
        post.restore()
        delete(keys)

    monkeypatch.setattr(image_files, "delete_variants", delete_after_the_post_is_restored)
    withholding.move_files(image.pk)
    run_jobs()
    assert public_files(image) == [*ENDS]


def test_a_post_removed_while_its_variants_are_made_stays_unreadable(
    mina: Member, illustrated: Illustrated, monkeypatch: pytest.MonkeyPatch
) -> None:
    post = illustrated(mina)
    image = Image.objects.get(postimage__post=post)

    replace = image_files.replace_variant

    def replace_after_the_post_is_removed(*args: Any) -> None:
        monkeypatch.setattr(image_files, "replace_variant", replace)
        post.remove()
        withholding.move_files(image.pk)
        replace(*args)

    monkeypatch.setattr(image_files, "replace_variant", replace_after_the_post_is_removed)
    jobs.make_variants({"image_id": image.pk})
    assert public_files(image) == []


def test_a_post_removed_again_while_it_is_restored_stays_unreadable(
    post: Post, image: Image, run_jobs: RunJobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    post.remove()
    run_jobs()
    post.restore()
    replace = image_files.replace_variant

    def replace_after_the_post_is_removed(*args: Any) -> None:
        post.remove()
        withholding.move_files(image.pk)
        replace(*args)

    monkeypatch.setattr(image_files, "replace_variant", replace_after_the_post_is_removed)
    withholding.move_files(image.pk)
    assert public_files(image) == []


def test_nothing_is_left_of_a_post_that_is_erased_while_its_files_are_moved(
    post: Post, image: Image, run_jobs: RunJobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    post.remove()
    save = image_files.save_private

    def save_after_the_post_is_erased(key: str, data: bytes) -> None:
        post.erase()
        jobs.delete_files({"image_ids": [image.pk]})
        save(key, data)

    monkeypatch.setattr(image_files, "save_private", save_after_the_post_is_erased)
    withholding.move_files(image.pk)
    assert image_files.find_full(image.key) is None
    run_jobs()
    assert not Job.objects.waiting().exists()


def test_nothing_is_left_of_a_removed_post_that_is_erased(post: Post, image: Image, run_jobs: RunJobs) -> None:
    post.remove()
    run_jobs()
    assert image_files.find_private(image.key)
    post.erase()
    run_jobs()
    assert image_files.find_full(image.key) is None
    assert not Image.objects.exists()
