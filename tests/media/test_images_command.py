"""`manage.py images`: files without rows, rows without files, and variants."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Member
from libs.outbox.models import Job
from media.image_urls import file_name
from media.models import Image
from media.storage import image_files, listing
from moderation.models import Report, ReportedImage
from tests.media.test_images import files_in
from tests.operations.commands import Operator

Run = Callable[..., Image]


@pytest.fixture
def operator(capsys: pytest.CaptureFixture[str]) -> Operator:
    """Somebody at the command line."""
    return Operator(capsys)


@pytest.fixture(autouse=True)
def _no_file_is_too_new(settings: Any) -> None:
    settings.IMAGE_UNREFERENCED_HOURS = -1


@pytest.fixture(params=["folder", "bucket"])
def images(request: pytest.FixtureRequest, mina: Member, store_image: Run, run_jobs: Callable[[], None]) -> list[Image]:
    """Four images with all their variants, in a folder and in a bucket."""
    if request.param == "bucket":
        request.getfixturevalue("bucket")
    stored = [store_image(mina) for _ in range(4)]
    run_jobs()
    return sorted(stored, key=lambda image: image.key)


def test_storage_without_a_difference_has_nothing_to_do(operator: Operator, images: list[Image]) -> None:
    found = operator.run("images", "orphans")
    assert (operator.code, found["files"], found["without_row"], found["without_file"]) == (2, 12, [], [])


@pytest.mark.parametrize("page", [1, 2, 5, 1_000])
def test_files_without_rows_and_rows_without_files_are_found_on_pages_of_any_size(
    operator: Operator, images: list[Image], monkeypatch: pytest.MonkeyPatch, page: int
) -> None:
    monkeypatch.setattr(listing, "PAGE", page)
    Image.objects.filter(pk=images[1].pk).delete()
    image_files.delete_variants([images[0].key, images[3].key])
    found = operator.run("images", "orphans")
    assert found["without_row"] == [file_name(images[1].key, name) for name in ("feed", "full", "thumb")]
    assert (found["missing"], found["without_file"]) == (2, [images[0].key, images[3].key])
    assert (operator.code, found["done"]) == (0, False)


def test_after_the_loss_of_a_whole_storage_every_image_lacks_its_file(
    operator: Operator, images: list[Image], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("media.orphans.MAX_LISTED", 2)
    image_files.delete_variants([image.key for image in images])
    found = operator.run("images", "orphans", "--yes")
    assert (found["files"], found["missing"], found["without_file"]) == (0, 4, [image.key for image in images[:2]])


def test_files_without_a_row_are_deleted_after_yes_and_no_others(operator: Operator, images: list[Image]) -> None:
    Image.objects.filter(pk=images[1].pk).delete()
    assert len(operator.run("images", "orphans", "--yes")["without_row"]) == 3
    assert image_files.find_variant(images[1].key, "full") is None
    assert image_files.find_variant(images[2].key, "full")
    assert operator.run("images", "orphans", "--yes")["files"] == 9
    assert operator.code == 2


def test_a_long_comparison_goes_on_after_the_last_file(
    operator: Operator, images: list[Image], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "PAGE", 4)
    Image.objects.filter(pk=images[3].pk).delete()
    first = operator.run("images", "orphans", "--batch", "3")
    assert (operator.code, first["without_row"]) == (3, [])
    second = operator.run("images", "orphans", "--start-after", first["last"])
    assert (operator.code, first["files"] + second["files"], len(second["without_row"])) == (0, 12, 3)


def test_new_files_are_left_alone(operator: Operator, image_folder: Path, images: list[Image], settings: Any) -> None:
    settings.IMAGE_UNREFERENCED_HOURS = 24
    Image.objects.all().delete()
    assert operator.run("images", "orphans", "--yes")["without_row"] == []


def test_variants_are_made_again_in_batches(
    operator: Operator, mina: Member, store_image: Run, run_jobs: Callable[[], None], image_folder: Path
) -> None:
    for _ in range(3):
        store_image(mina)
    run_jobs()
    operator.run("images", "rebuild")
    assert operator.code == 2
    for file in image_folder.rglob("*.webp"):
        file.unlink()
    first = operator.run("images", "rebuild", "--all", "--batch", "2")
    assert (operator.code, first["images"]) == (3, 2)
    operator.run("images", "rebuild", "--all", "--start-after", first["last"])
    assert operator.code == 0
    run_jobs()
    assert len(files_in(image_folder)) == 9
    assert not Image.objects.filter(variants_at=None).exists()


def test_the_usage_counts_images_by_state(operator: Operator, mina: Member, store_image: Run) -> None:
    image = store_image(mina)
    usage = operator.run("images", "usage")
    assert (usage["stored"], usage["stored_bytes"], usage["without_variants"]) == (1, image.bytes, 1)
    assert usage["unreferenced"] == 1
    assert not Job.objects.filter(kind="media.delete_files").exists()


@pytest.fixture
def private_files(images: list[Image], settings: Any, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """An image that was withheld, a copy of a report, and one of each that no row has any more."""
    options = {"location": tmp_path_factory.mktemp("private")}
    settings.STORAGES = settings.STORAGES | {
        "private": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": options}
    }
    withheld, gone = images[0], images[1]
    Image.objects.filter(pk=withheld.pk).update(withheld_at=timezone.now())
    Image.objects.filter(pk=gone.pk).delete()
    report = Report.objects.create(about="member", reason="spam")
    copy = ReportedImage.objects.create(report=report, position=0, private_at=timezone.now())
    keys = [withheld.key, gone.key, copy.key, "reports/2026/01/nobodys"]
    for key in keys:
        image_files.save_private(key, b"...")
    return keys


def test_private_files_without_a_row_are_found_and_deleted_after_yes(
    operator: Operator, private_files: list[str]
) -> None:
    orphans = [file_name(private_files[number], "full") for number in (1, 3)]
    found = operator.run("images", "orphans", "--private")
    assert (operator.code, found["files"], found["without_row"], found["missing"]) == (0, 4, orphans, 0)
    operator.run("images", "orphans", "--private", "--yes")
    assert [image_files.find_private(key) for key in private_files] == [b"...", None, b"...", None]


def test_private_images_without_a_file_are_listed(operator: Operator, private_files: list[str]) -> None:
    image_files.delete_private([private_files[0], private_files[2]])
    found = operator.run("images", "orphans", "--private")
    assert found["without_file"] == [private_files[0], private_files[2]]


def test_a_comparison_of_private_files_goes_on_in_the_next_folder(
    operator: Operator, private_files: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "PAGE", 2)
    first = operator.run("images", "orphans", "--private", "--batch", "2")
    assert (operator.code, first["files"]) == (3, 2)
    second = operator.run("images", "orphans", "--private", "--start-after", first["last"])
    assert (second["files"], len(first["without_row"] + second["without_row"])) == (2, 2)
