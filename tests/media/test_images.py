"""Accepting, claiming and discarding images."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from accounts.models import Avatar, Member
from libs.outbox.models import Job
from media.errors import ImageInUse, ImageNotUsable, NotAnImage, QuotaExceeded, StorageUnavailable
from media.models import Image, new_image_key
from media.storage import image_files
from tests.factories import put, store_images
from tests.media.sample_images import photograph, uploaded_file

PHOTOGRAPH = photograph()


def files_in(folder: Path) -> list[str]:
    """Every file below a folder."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_an_accepted_image_is_stored_under_a_name_made_by_the_server(mina: Member, image_folder: Path) -> None:
    [image] = store_images([uploaded_file(PHOTOGRAPH, "my face.jpg")], owner=mina, alts=["Me"])
    assert files_in(image_folder) == [f"{image.key}.full.jpg"]
    assert re.fullmatch(r"images/\d{4}/\d{2}/[0-9a-f]{32}", image.key)
    assert (image.width, image.height, image.alt, image.owner) == (400, 300, "Me", mina)
    assert image.bytes == (image_folder / f"{image.key}.full.jpg").stat().st_size
    assert image.stored_at


def test_the_keys_of_a_thousand_images_are_all_different() -> None:
    assert len({new_image_key() for _ in range(1_000)}) == 1_000


def test_images_keep_the_order_in_which_they_were_sent(mina: Member) -> None:
    files = [uploaded_file(photograph(width, 20)) for width in (10, 20, 30, 40, 50)]
    assert [image.width for image in store_images(files, owner=mina)] == [10, 20, 30, 40, 50]


def test_one_bad_file_leaves_neither_rows_nor_files(mina: Member, image_folder: Path) -> None:
    with pytest.raises(NotAnImage):
        store_images([uploaded_file(PHOTOGRAPH), uploaded_file(b"not an image")], owner=mina)
    assert not Image.objects.exists()
    assert not files_in(image_folder)


def test_files_are_not_stored_while_a_transaction_is_open(mina: Member) -> None:
    with transaction.atomic(), pytest.raises(RuntimeError, match="durable"):
        store_images([uploaded_file(PHOTOGRAPH)], owner=mina)


def test_a_storage_failure_halfway_leaves_nothing_visible(
    mina: Member, image_folder: Path, run_jobs: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = iter(["images/2026/11/" + "a" * 32, "images/blocked/b"])
    monkeypatch.setattr(Image._meta.get_field("key"), "_get_default", lambda: next(keys))
    (image_folder / "images").mkdir()
    (image_folder / "images" / "blocked").write_text("a file where a folder should be")
    with pytest.raises(StorageUnavailable):
        store_images([uploaded_file(PHOTOGRAPH), uploaded_file(PHOTOGRAPH)], owner=mina)
    assert not Image.objects.stored().exists()
    (image_folder / "images" / "blocked").unlink()
    run_jobs()
    assert not Image.objects.exists()
    assert not files_in(image_folder)


def test_the_number_of_a_members_images_is_limited(mina: Member, jun: Member, settings: Any) -> None:
    settings.IMAGE_QUOTA_COUNT = 2
    store_images([uploaded_file(PHOTOGRAPH), uploaded_file(PHOTOGRAPH)], owner=mina)
    with pytest.raises(QuotaExceeded):
        store_images([uploaded_file(PHOTOGRAPH)], owner=mina)
    assert store_images([uploaded_file(PHOTOGRAPH)], owner=jun)


def test_the_bytes_of_a_members_stored_images_are_limited(mina: Member, settings: Any) -> None:
    [image] = store_images([uploaded_file(PHOTOGRAPH)], owner=mina)
    settings.IMAGE_QUOTA_BYTES = 2 * image.bytes - 1
    with pytest.raises(QuotaExceeded):
        store_images([uploaded_file(PHOTOGRAPH)], owner=mina)
    with transaction.atomic():
        Image.objects.discard([image])
    assert store_images([uploaded_file(PHOTOGRAPH)], owner=mina)


def test_a_member_can_claim_only_their_own_unused_images(
    mina: Member, jun: Member, store_image: Callable[..., Image]
) -> None:
    image, foreign, used = store_image(mina), store_image(jun), store_image(mina)
    Avatar.objects.create(member=mina, image=used)
    with transaction.atomic():
        assert Image.objects.claim([image.pk], owner=mina) == [image]
        for unusable in (foreign.pk, used.pk, 12_345):
            with pytest.raises(ImageNotUsable):
                Image.objects.claim([image.pk, unusable], owner=mina)


def test_a_discarded_image_is_unusable_at_once_and_its_files_are_deleted_later(
    mina: Member, store_image: Callable[..., Image], image_folder: Path, run_jobs: Callable[[], None]
) -> None:
    image = store_image(mina)
    run_jobs()
    assert len(files_in(image_folder)) == 3
    with transaction.atomic():
        assert Image.objects.discard([image, image.pk]) == 1
        assert Image.objects.discard([image]) == 0
    assert not Image.objects.usable_by(mina).exists()
    assert len(files_in(image_folder)) == 3
    run_jobs()
    assert not files_in(image_folder)
    assert not Image.objects.exists()


def test_many_images_are_deleted_by_several_jobs(mina: Member) -> None:
    new = (Image(owner=mina, width=1, height=1, bytes=1) for _ in range(250))
    images = put(new)
    with transaction.atomic():
        assert Image.objects.discard(images) == 250
    assert [len(job.payload["image_ids"]) for job in Job.objects.order_by("pk")] == [100, 100, 50]


def test_alt_texts_are_given_in_order_or_not_at_all(mina: Member) -> None:
    two = [uploaded_file(PHOTOGRAPH), uploaded_file(PHOTOGRAPH)]
    assert [image.alt for image in store_images(two, owner=mina, alts=["Tea", ""])] == ["Tea", ""]
    assert [image.alt for image in store_images(two, owner=mina)] == ["", ""]


def test_discarding_is_rolled_back_with_its_transaction(mina: Member, store_image: Callable[..., Image]) -> None:
    image = store_image(mina)
    with transaction.atomic():
        Image.objects.discard([image])
        transaction.set_rollback(True)
    assert Image.objects.usable_by(mina).get() == image
    assert not Job.objects.filter(kind="media.delete_files").exists()


def test_an_image_that_is_in_use_cannot_be_discarded(mina: Member, store_image: Callable[..., Image]) -> None:
    image = store_image(mina)
    Avatar.objects.create(member=mina, image=image)
    with pytest.raises(ImageInUse):
        image.discard()
    assert Image.objects.stored().get() == image


def test_deleting_files_that_do_not_exist_does_no_harm() -> None:
    image_files.delete_variants([new_image_key()])
