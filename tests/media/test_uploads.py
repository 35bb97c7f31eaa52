"""Pictures as phones send them: /api/v1/images."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from accounts.models import Avatar, Member
from media.models import ALT_MAX_GRAPHEMES, Image
from tests.factories import upload
from tests.media.sample_images import encoded, exif_with, four_colours, photograph, uploaded_file

IMAGES = "/api/v1/images"


def send(client: APIClient, file: SimpleUploadedFile | None = None, **fields: Any) -> Any:
    """Upload one image."""
    return client.post(IMAGES, {"image": file or upload(), **fields}, format="multipart")


def code_of(answer: Any) -> str:
    """The stable word of a refusal."""
    assert answer["Content-Type"] == "application/problem+json"
    return str(answer.json()["code"])


def test_an_uploaded_image_is_shown_with_id_size_and_urls(mina_api: Any, mina: Member, settings: Any) -> None:
    answer = send(mina_api, alt="Two cups of tea")
    image = Image.objects.get()
    full = f"{settings.IMAGE_BASE_URL}/{image.key}.full.jpg"
    assert answer.status_code == 201
    assert image.owner == mina
    assert answer.json() == {
        "id": str(image.pk),
        "width": 64,
        "height": 48,
        "blurhash": None,
        "alt": "Two cups of tea",
        "urls": {"thumb": full, "feed": full, "full": full},
    }


def test_an_image_can_be_read_again_when_its_variants_are_made(mina_api: Any, run_jobs: Callable[[], None]) -> None:
    address = f"{IMAGES}/{send(mina_api).json()['id']}"
    run_jobs()
    answer = mina_api.get(address).json()
    assert answer["urls"]["thumb"].endswith(".thumb.webp")
    assert answer["blurhash"]


def test_a_sideways_photo_from_a_phone_is_turned_upright(mina_api: Any) -> None:
    data = encoded(four_colours(), "JPEG", exif=exif_with(6))
    answer = send(mina_api, uploaded_file(data)).json()
    assert (answer["width"], answer["height"]) == (80, 120)


@pytest.mark.parametrize("data", [b"", b"not an image", b"\xff\xd8\xff", photograph()[:2_000]])
def test_a_file_that_is_not_an_image_is_refused_with_a_stable_code(mina_api: Any, data: bytes) -> None:
    answer = send(mina_api, uploaded_file(data))
    assert (answer.status_code, code_of(answer)) == (400, "not_an_image")
    assert not Image.objects.exists()


def test_an_image_with_too_many_bytes_is_refused(mina_api: Any, settings: Any) -> None:
    settings.IMAGE_MAX_BYTES = 1_000
    answer = send(mina_api, uploaded_file(photograph()))
    assert (answer.status_code, code_of(answer)) == (413, "image_too_large")


@pytest.mark.parametrize("ending", ["x" * 300, "한" * 100])
def test_a_large_image_with_a_long_file_extension_is_accepted(mina_api: Any, ending: str) -> None:
    # Large enough to wait on disk, under a name that must not be the client's.
    data = encoded(four_colours(), "JPEG") + bytes(2_000_000)
    head = f'--b\r\nContent-Disposition: form-data; name="image"; filename="photo.{ending}"\r\n\r\n'
    answer = mina_api.generic(
        "POST", IMAGES, head.encode() + data + b"\r\n--b--\r\n", "multipart/form-data; boundary=b"
    )
    assert answer.status_code == 201


def test_an_image_with_too_many_pixels_is_refused(mina_api: Any, settings: Any) -> None:
    settings.IMAGE_MAX_PIXELS = 64 * 48 - 1
    answer = send(mina_api)
    assert (answer.status_code, code_of(answer)) == (400, "image_too_many_pixels")


def test_an_upload_beyond_the_members_quota_is_refused(mina_api: Any, settings: Any) -> None:
    settings.IMAGE_QUOTA_COUNT = 0
    answer = send(mina_api)
    assert (answer.status_code, code_of(answer)) == (403, "quota_exceeded")


def test_an_outage_of_storage_is_an_error_with_a_time_to_retry(mina_api: Any, image_folder: Any) -> None:
    (image_folder / "images").write_text("a file where a folder should be")
    answer = send(mina_api)
    assert (answer.status_code, code_of(answer)) == (503, "storage_unavailable")
    assert answer["Retry-After"] == "5"


def test_an_outage_of_storage_is_reported_in_the_language_of_the_request(mina_api: Any, image_folder: Any) -> None:
    (image_folder / "images").write_text("a file where a folder should be")
    mina_api.credentials(**mina_api._credentials, HTTP_ACCEPT_LANGUAGE="ko")
    assert "사진을 저장할 수 없습니다" in send(mina_api).json()["detail"]


def test_a_damaged_image_is_refused_in_the_language_of_the_request(mina_api: Any) -> None:
    mina_api.credentials(**mina_api._credentials, HTTP_ACCEPT_LANGUAGE="ko")
    assert "손상된 사진" in send(mina_api, uploaded_file(b"no image")).json()["detail"]


@pytest.mark.parametrize("fields", [{"owner": "12345"}, {"key": "images/mine"}])
def test_no_client_chooses_the_owner_or_the_key_of_an_image(mina_api: Any, fields: dict[str, Any]) -> None:
    answer = send(mina_api, None, **fields)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["code"] == "unknown_field"


def test_an_upload_without_a_file_or_as_json_is_refused(mina_api: Any) -> None:
    assert mina_api.post(IMAGES, {"alt": "not an image"}, format="multipart").status_code == 400
    assert mina_api.post(IMAGES, {"image": "AAAA"}, format="json").status_code == 415


def test_alt_texts_are_measured_in_graphemes(mina_api: Any) -> None:
    family = "\N{MAN}\N{ZERO WIDTH JOINER}\N{WOMAN}\N{ZERO WIDTH JOINER}\N{GIRL}"
    assert send(mina_api, alt=family * ALT_MAX_GRAPHEMES).status_code == 201
    assert send(mina_api, alt=family * (ALT_MAX_GRAPHEMES + 1)).status_code == 400


def test_the_alt_text_of_an_image_can_be_changed_by_its_owner(mina_api: Any, jun_api: Any) -> None:
    address = f"{IMAGES}/{send(mina_api).json()['id']}"
    assert mina_api.patch(address, {"alt": "Tea"}, format="json").json()["alt"] == "Tea"
    assert jun_api.patch(address, {"alt": "Coffee"}, format="json").status_code == 404
    assert mina_api.get(address).json()["alt"] == "Tea"


def test_somebody_elses_image_is_not_found_like_one_that_does_not_exist(mina_api: Any, jun_api: Any) -> None:
    foreign = f"{IMAGES}/{send(mina_api).json()['id']}"
    for method in (jun_api.get, jun_api.delete):
        answers = [method(address) for address in (foreign, f"{IMAGES}/12345", f"{IMAGES}/{2**63 - 1}")]
        assert {answer.status_code for answer in answers} == {404}
        assert len({answer.json()["code"] for answer in answers}) == 1


def test_an_unreferenced_image_can_be_deleted_by_its_owner(mina_api: Any) -> None:
    address = f"{IMAGES}/{send(mina_api).json()['id']}"
    assert mina_api.delete(address).status_code == 204
    assert mina_api.get(address).status_code == 404


def test_an_image_that_is_in_use_cannot_be_deleted(mina_api: Any, mina: Member) -> None:
    image_id = send(mina_api).json()["id"]
    Avatar.objects.create(member=mina, image_id=image_id)
    answer = mina_api.delete(f"{IMAGES}/{image_id}")
    assert (answer.status_code, code_of(answer)) == (409, "image_in_use")


def test_uploads_are_rate_limited_by_member(mina_api: Any, jun_api: Any, settings: Any) -> None:
    settings.THROTTLE_RATES = settings.THROTTLE_RATES | {"upload-member": "2/minute"}
    assert [send(mina_api).status_code for _ in range(3)] == [201, 201, 429]
    assert send(jun_api).status_code == 201


def test_uploading_an_image_needs_a_login(api: APIClient, db: None) -> None:
    assert send(api).status_code == 401


def test_an_upload_is_refused_in_the_language_of_the_request(mina_api: APIClient) -> None:
    nothing = SimpleUploadedFile("photo.jpg", b"not an image at all", "image/jpeg")
    refused = mina_api.post("/api/v1/images", {"image": nothing}, format="multipart", HTTP_ACCEPT_LANGUAGE="ko")
    assert refused.json()["code"] == "not_an_image"
    assert "사진" in refused.json()["detail"]
