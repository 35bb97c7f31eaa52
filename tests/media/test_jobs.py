"""Outbox jobs of images: variants and deletion."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from PIL import Image as Pillow

from accounts.models import Avatar, Member
from libs.outbox.models import Job
from media import jobs
from media.models import Image
from media.storage import image_files
from tests.factories import store_images
from tests.media.sample_images import (
    COLOURS,
    are_similar,
    colours_of,
    encoded,
    four_colours,
    photograph,
    uploaded_file,
)
from tests.media.test_images import files_in


def test_smaller_variants_and_a_blurhash_are_made_after_the_response(
    mina: Member, image_folder: Path, run_jobs: Callable[[], None], settings: Any
) -> None:
    [image] = store_images([uploaded_file(encoded(four_colours(3_000, 2_000), "JPEG"))], owner=mina)
    before = image.to_representation()
    assert set(before["urls"].values()) == {f"{settings.IMAGE_BASE_URL}/{image.key}.full.jpg"}
    assert before["blurhash"] is None
    run_jobs()
    after = Image.objects.get().to_representation()
    for variant, size in {"thumb": (320, 213), "feed": (1_080, 720), "full": (2_048, 1_365)}.items():
        name = after["urls"][variant].removeprefix(f"{settings.IMAGE_BASE_URL}/")
        with Pillow.open(image_folder / name) as file:
            assert (file.size, file.format) == (size, "JPEG" if variant == "full" else "WEBP")
            assert are_similar(colours_of(file), COLOURS, by=16)
    assert 20 < len(after["blurhash"]) < 40


@pytest.mark.parametrize("size", [(1, 3_000), (3_000, 1), (1, 1)])
def test_the_thinnest_image_has_variants_too(size: tuple[int, int], mina: Member, run_jobs: Callable[[], None]) -> None:
    store_images([uploaded_file(encoded(Pillow.new("RGB", size), "PNG"))], owner=mina)
    run_jobs()
    assert Image.objects.get().variants_at
    assert not Job.objects.filter(done_at=None).exists()


def test_the_variants_of_an_image_have_no_metadata(
    mina: Member, store_image: Callable[..., Image], run_jobs: Callable[[], None]
) -> None:
    image = store_image(mina)
    run_jobs()
    for variant in ("thumb", "feed"):
        with Pillow.open(BytesIO(image_files.read_variant(image.key, variant))) as file:
            assert not {"exif", "icc_profile", "xmp"} & set(file.info)


def test_making_variants_twice_changes_nothing(
    mina: Member, store_image: Callable[..., Image], image_folder: Path, run_jobs: Callable[[], None]
) -> None:
    image = store_image(mina)
    run_jobs()
    before = files_in(image_folder)
    Image.objects.update(variants_at=None)
    jobs.make_variants({"image_id": image.pk})
    jobs.make_variants({"image_id": image.pk})
    assert files_in(image_folder) == before


def test_variants_of_a_discarded_image_are_not_made(
    mina: Member, store_image: Callable[..., Image], image_folder: Path
) -> None:
    image = store_image(mina)
    with transaction.atomic():
        Image.objects.discard([image])
    jobs.make_variants({"image_id": image.pk})
    jobs.delete_files({"image_ids": [image.pk]})
    jobs.make_variants({"image_id": image.pk})
    assert not files_in(image_folder)


def test_an_image_discarded_while_its_variants_are_made_leaves_no_file(
    mina: Member, store_image: Callable[..., Image], image_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    image = store_image(mina)

    def discard_meanwhile(full: Pillow.Image) -> str:
        with transaction.atomic():
            Image.objects.discard([image])
        jobs.delete_files({"image_ids": [image.pk]})
        return ""

    monkeypatch.setattr(jobs, "compute_blurhash", discard_meanwhile)
    jobs.make_variants({"image_id": image.pk})
    assert not files_in(image_folder)


def test_deleting_files_twice_or_of_nothing_does_no_harm(mina: Member, store_image: Callable[..., Image]) -> None:
    image = store_image(mina)
    with transaction.atomic():
        Image.objects.discard([image])
    for _ in range(2):
        jobs.delete_files({"image_ids": [image.pk, 12_345]})
    assert not Image.objects.exists()


def test_a_discarded_image_that_is_referenced_again_is_not_deleted(
    mina: Member, store_image: Callable[..., Image], image_folder: Path, run_jobs: Callable[[], None]
) -> None:
    image = store_image(mina)
    run_jobs()
    with transaction.atomic():
        Image.objects.discard([image])
    Avatar.objects.create(member=mina, image=image)
    run_jobs()
    assert Image.objects.stored().get() == image
    assert len(files_in(image_folder)) == 3


def test_a_late_job_deletes_no_image_that_is_not_discarded(mina: Member, store_image: Callable[..., Image]) -> None:
    jobs.delete_files({"image_ids": [store_image(mina).pk]})
    assert Image.objects.stored().exists()


def test_light_and_dark_images_have_different_blurhashes() -> None:
    light, dark = (jobs.compute_blurhash(Pillow.new("RGB", (640, 480), colour)) for colour in ("white", "black"))
    assert light != dark
    assert jobs.compute_blurhash(Pillow.open(BytesIO(photograph())))
