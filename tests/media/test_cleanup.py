"""Pictures that nothing shows do not stay for ever."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from accounts.models import Avatar, Member
from libs.outbox.models import Job
from media import cleanup
from media.models import Image
from tests.media.test_images import files_in


@pytest.fixture
def old_image(mina: Member, store_image: Callable[..., Image]) -> Image:
    """An unreferenced image created two days ago."""
    image = store_image(mina)
    Image.objects.filter(pk=image.pk).update(created_at=timezone.now() - timedelta(days=2))
    return image


def test_an_unreferenced_image_is_deleted_after_a_day(
    old_image: Image, image_folder: Path, run_jobs: Callable[[], None]
) -> None:
    discarded = cleanup.clean_up_images()
    run_jobs()
    assert (discarded.images, discarded.bytes) == (1, old_image.bytes)
    assert not Image.objects.exists()
    assert not files_in(image_folder)


def test_new_and_referenced_images_are_not_discarded(
    old_image: Image, mina: Member, store_image: Callable[..., Image], run_jobs: Callable[[], None]
) -> None:
    Avatar.objects.create(member=mina, image=old_image)
    new = store_image(mina)
    assert cleanup.clean_up_images().images == 0
    run_jobs()
    assert {old_image, new} == set(Image.objects.stored())


def test_an_image_that_a_crash_left_half_stored_is_discarded(old_image: Image, run_jobs: Callable[[], None]) -> None:
    Image.objects.update(stored_at=None)
    assert cleanup.clean_up_images().images == 1
    run_jobs()
    assert not Image.objects.exists()


def test_an_image_whose_deletion_job_is_lost_gets_another_job(old_image: Image, run_jobs: Callable[[], None]) -> None:
    with transaction.atomic():
        Image.objects.discard([old_image])
    Job.objects.all().delete()
    assert cleanup.clean_up_images().images == 0
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        assert cleanup.clean_up_images(dry=True).images == 1
        assert not Job.objects.exists()
        assert cleanup.clean_up_images().images == 1
        run_jobs()
    assert not Image.objects.exists()


def test_a_clean_up_of_many_images_runs_in_short_steps(
    mina: Member, monkeypatch: pytest.MonkeyPatch, run_jobs: Callable[[], None]
) -> None:
    monkeypatch.setattr(cleanup, "CHUNK", 3)
    old = timezone.now() - timedelta(days=2)
    for _ in range(10):
        Image.objects.create(owner=mina, width=1, height=1, bytes=5, created_at=old)
    assert cleanup.clean_up_images() == cleanup.DiscardedImages(10, 50)
    run_jobs()
    assert not Image.objects.exists()


def test_the_scheduled_clean_up_discards_them(old_image: Image, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("cleanup", "--task", "images", "--json")
    assert json.loads(capsys.readouterr().out) == {"images": 1}
    assert not Image.objects.stored().exists()
