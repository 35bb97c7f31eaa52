"""Local image files, served without a bucket."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.http import Http404
from django.test import RequestFactory

from accounts.models import Member
from media.models import Image
from media.storage import local_views
from tests.media.sample_images import photograph

KEY = "images/2026/11/" + "0" * 32


def test_a_stored_image_is_served_with_its_type_and_long_caching(
    mina: Member, store_image: Callable[..., Image], run_jobs: Callable[[], None]
) -> None:
    image = store_image(mina)
    run_jobs()
    for name, kind in (("full.jpg", "image/jpeg"), ("feed.webp", "image/webp"), ("thumb.webp", "image/webp")):
        answer = local_views.serve_image(RequestFactory().get("/"), f"{image.key}.{name}")
        assert answer["Content-Type"] == kind
        assert answer["Cache-Control"] == "public, max-age=604800, s-maxage=3600, immutable"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert b"".join(answer.streaming_content)  # type: ignore[arg-type]
        answer.close()


@pytest.mark.parametrize(
    "name",
    [
        *["", "images", "images/2026/11/", f"{KEY}.full.jpg", f"{KEY}.exe", f"../{KEY}.full.jpg", f"{KEY}.full.jpg\n"],
        *["../../etc/passwd", "/etc/passwd", "images/2026/11/../../secret", "images/2026/11/%2e%2e"],
    ],
)
def test_any_other_name_is_not_found(name: str, image_folder: Path) -> None:
    (image_folder / "images" / "2026" / "11").mkdir(parents=True)
    (image_folder / "images" / "2026" / "11" / f"{'1' * 32}.exe").write_bytes(photograph())
    with pytest.raises(Http404):
        local_views.serve_image(RequestFactory().get("/"), name)


def test_local_images_can_be_read_but_not_written() -> None:
    assert local_views.serve_image(RequestFactory().post("/"), f"{KEY}.full.jpg").status_code == 405
