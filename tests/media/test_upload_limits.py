"""Uploads that are too large are refused while they arrive."""

from typing import Any

import pytest
from django.core.files.uploadhandler import TemporaryFileUploadHandler

IMAGES = "/api/v1/images"
HEAD = b'--b\r\nContent-Disposition: form-data; name="image"; filename="a.jpg"\r\n\r\n'


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The sizes of the chunks that were written to temporary files."""
    sizes: list[int] = []
    receive = TemporaryFileUploadHandler.receive_data_chunk

    def count(self: Any, data: bytes, start: int) -> Any:
        sizes.append(len(data))
        return receive(self, data, start)

    monkeypatch.setattr(TemporaryFileUploadHandler, "receive_data_chunk", count)
    return sizes


def send(client: Any, path: str, size: int) -> Any:
    body = HEAD + bytes(size) + b"\r\n--b--\r\n"
    return client.generic("POST", path, body, "multipart/form-data; boundary=b")


@pytest.mark.django_db
def test_a_file_beyond_the_limit_is_not_written_to_its_end(mina_api: Any, settings: Any, written: list[int]) -> None:
    settings.IMAGE_MAX_BYTES = 3_000_000
    response = send(mina_api, IMAGES, 9_000_000)
    assert (response.status_code, response.json()["code"]) == (413, "image_too_large")
    assert sum(written) <= 3_000_000


@pytest.mark.django_db
@pytest.mark.parametrize("path", [IMAGES, "/api/v1/posts"])
def test_a_body_beyond_ten_images_is_refused_before_it_is_read(
    mina_api: Any, settings: Any, written: list[int], path: str
) -> None:
    settings.IMAGE_MAX_BYTES = 100_000
    response = send(mina_api, path, 3_000_000)
    assert (response.status_code, response.json()["code"]) == (413, "body_too_large")
    assert written == []
