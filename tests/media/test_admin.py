"""Images in the admin."""

from collections.abc import Callable

from django.test import Client

from accounts.models import Member
from media.models import Image


def test_staff_see_a_small_preview_of_each_image(
    sora: Member, client: Client, store_image: Callable[..., Image], run_jobs: Callable[[], None]
) -> None:
    image = store_image(sora)
    image.set_alt("A garden")
    client.force_login(sora)
    for name in ("full.jpg", "thumb.webp"):
        page = client.get("/admin/media/image/").content.decode()
        assert f'{image.key}.{name}" alt="A garden"' in page
        run_jobs()
