"""A post is published whole or not at all."""

import unicodedata
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts.models import Member
from media.errors import ImageNotUsable
from media.models import Image
from media.uploads import accepted_images, mark_stored
from posts.models import Post, PostImage
from posts.serializers import PostCreateSerializer, PostUploadSerializer
from tests.factories import store_images, upload
from tests.posts.conftest import files

POSTS = "/api/v1/posts"
FAMILY = "👨‍👩‍👧‍👦"
StoreImage = Callable[..., Image]


def publish(client: APIClient, **body: Any) -> Any:
    return client.post(POSTS, body, format="json")


def send(client: APIClient, **parts: Any) -> Any:
    return client.post(POSTS, parts, format="multipart")


def test_a_post_shows_uploaded_images_in_the_given_order(
    mina: Member, mina_api: APIClient, store_image: StoreImage
) -> None:
    ids = [str(store_image(mina).pk) for _ in range(3)][::-1]
    response = publish(mina_api, text="Three.", image_ids=ids)
    assert response.status_code == 201
    assert [image["id"] for image in response.json()["images"]] == ids
    assert response.json() == mina_api.get(f"{POSTS}/{response.json()['id']}").json()


def test_images_sent_with_a_post_keep_their_order_and_alt_texts(mina_api: APIClient) -> None:
    sizes = [(64, 48), (48, 64), (80, 40)]
    response = send(mina_api, text="x", images=[upload(size=size) for size in sizes], alts=["one", "", "three"])
    images = response.json()["images"]
    assert [(image["width"], image["height"]) for image in images] == sizes
    assert [image["alt"] for image in images] == ["one", "", "three"]


@pytest.mark.parametrize(("number", "status"), [(0, 201), (1, 201), (10, 201), (11, 400)])
def test_a_post_can_have_up_to_ten_images_in_the_same_request(mina_api: APIClient, number: int, status: int) -> None:
    response = send(mina_api, text="x", images=[upload(size=(8, 8)) for _ in range(number)])
    assert response.status_code == status
    assert response.json().get("code") == (None if status == 201 else "too_many_images")
    assert Image.objects.count() == (number if status == 201 else 0)


@pytest.mark.parametrize(("number", "status"), [(1, 201), (10, 201), (11, 400)])
def test_a_post_can_have_up_to_ten_images_by_id(mina: Member, mina_api: APIClient, number: int, status: int) -> None:
    images = store_images([upload(size=(8, 8)) for _ in range(min(number, 10))], owner=mina)
    ids = [str(image.pk) for image in images] + ["1"] * (number - len(images))
    assert publish(mina_api, image_ids=ids).status_code == status
    assert PostImage.objects.count() == (number if status == 201 else 0)


def test_the_description_of_the_api_names_the_largest_number_of_images(settings: Settings) -> None:
    settings.POST_MAX_IMAGES = 3
    fields = [PostCreateSerializer().fields["image_ids"], PostUploadSerializer().fields["images"]]
    assert [field.help_text for field in fields] == ["In their order; at most 3."] * 2


def test_a_post_with_images_needs_no_text(mina: Member, mina_api: APIClient, store_image: StoreImage) -> None:
    response = publish(mina_api, image_ids=[str(store_image(mina).pk)])
    assert (response.status_code, response.json()["text"]) == (201, "")


@pytest.mark.parametrize("text", ["", "  \n ", "\u200b", "\u3164\u2800"])
def test_a_post_without_text_and_images_is_refused(mina_api: APIClient, text: str) -> None:
    assert publish(mina_api, text=text).json()["code"] == "post_empty"
    assert send(mina_api, text=text).json()["code"] == "post_empty"


def test_the_length_of_a_text_is_measured_in_graphemes(mina_api: APIClient, settings: Settings) -> None:
    settings.POST_MAX_GRAPHEMES = 5
    assert publish(mina_api, text=FAMILY * 5).json()["text"] == FAMILY * 5
    refused = publish(mina_api, text=FAMILY * 6)
    assert refused.json()["errors"][0] == refused.json()["errors"][0] | {"field": "text", "code": "max_graphemes"}


def test_a_text_is_stored_in_nfc_and_with_its_line_breaks(mina_api: APIClient) -> None:
    decomposed = unicodedata.normalize("NFD", "안녕, café")
    assert publish(mina_api, text=f"{decomposed}\r\n\tyes").json()["text"] == "안녕, café\n\tyes"


@pytest.mark.parametrize(
    "bomb",
    [
        "a" + "\u0301" * 60_000 + "\u0323" * 60_000,
        "a" + "\u0301" * 9_000 + "\u0323" * 9_000,
        "a" + "\u0301\u202c" * 9_000,
        "a" + ("\u0301" * 30 + "\u034f") * 99,
        "🇰" * 19_999,
    ],
    ids=["marks beyond the limit", "marks within it", "marks held apart", "marks joined", "flags"],
)
def test_a_text_that_would_take_quadratic_time_is_refused(mina_api: APIClient, bomb: str) -> None:
    assert publish(mina_api, text=bomb).json()["errors"][0]["code"] in ("max_graphemes", "marks")


@pytest.mark.parametrize("text", ["a\x00b", "a\x9bb", "\x1b[2J", True, None, ["x"], {"x": 1}])
def test_a_value_that_is_not_plain_text_is_refused(mina_api: APIClient, text: Any) -> None:
    response = publish(mina_api, text=text, image_ids=[])
    assert (response.status_code, response.json().get("errors", [{}])[0].get("field")) == (400, "text")


def test_foreign_unknown_and_used_images_are_refused_alike_and_leave_nothing(
    mina: Member, mina_api: APIClient, jun: Member, store_image: StoreImage, illustrated: Callable[..., Post]
) -> None:
    used = illustrated(mina).post_images.get().image
    discarded, free = store_image(mina), store_image(mina)
    discarded.discard()
    refusals = {
        publish(mina_api, text="x", image_ids=[str(free.pk), str(bad)]).content.split(b'"request_id"')[0]
        for bad in (store_image(jun).pk, 2**63 - 1, used.pk, discarded.pk)
    }
    assert len(refusals) == 1
    assert b"image_not_usable" in refusals.pop()
    assert Post.objects.count() == PostImage.objects.count() == 1
    assert publish(mina_api, text="x", image_ids=[str(free.pk)]).status_code == 201


@pytest.mark.parametrize("ids", [["x"], [1], ["-1"], ["1" * 20], [None], "1", {"0": "1"}, ["7", "7"], [["7"]]])
def test_image_ids_must_be_a_list_of_different_ids(mina_api: APIClient, ids: Any) -> None:
    response = publish(mina_api, text="x", image_ids=ids)
    assert (response.status_code, response.json()["code"]) == (400, "invalid")
    assert response.json()["errors"][0]["field"].startswith("image_ids")


def test_one_bad_image_among_three_leaves_no_rows_and_no_files(mina_api: APIClient) -> None:
    before = files()
    bad = SimpleUploadedFile("photo.jpg", b"\xff\xd8\xff not an image", "image/jpeg")
    response = send(mina_api, text="x", images=[upload(), bad, upload()])
    assert (response.status_code, response.json()["code"]) == (400, "not_an_image")
    assert not Post.objects.exists()
    assert not Image.objects.exists()
    assert files() == before


def test_the_images_of_a_post_that_fails_are_discarded(
    mina: Member, jun: Member, store_image: StoreImage, run_jobs: Callable[[], None]
) -> None:
    before, foreign = files(), store_image(jun)

    def publish_with_foreign_image() -> None:
        with accepted_images([upload(), upload()], owner=mina) as images, transaction.atomic():
            mark_stored(images)
            Post.objects.publish(author=mina, text="x", image_ids=[*(image.pk for image in images), foreign.pk])

    with pytest.raises(ImageNotUsable):
        publish_with_foreign_image()
    assert not Image.objects.not_discarded().filter(owner=mina).exists()
    run_jobs()
    assert not Post.objects.exists()
    assert set(Image.objects.all()) == {foreign}
    assert len(files() - before) == 3, "those of the foreign image"


@pytest.mark.parametrize("alts", [["one"], ["one", "two", "three"]])
def test_alt_texts_for_only_some_images_are_refused(mina_api: APIClient, alts: list[str]) -> None:
    response = send(mina_api, text="x", images=[upload(), upload()], alts=alts)
    assert (response.status_code, response.json()["errors"][0]["field"]) == (400, "alts")


@pytest.mark.parametrize("name", ["author", "author_id", "member_id", "id", "created_at", "removed_at", "is_staff"])
def test_no_client_sets_the_author_or_what_the_server_sets(mina_api: APIClient, jun: Member, name: str) -> None:
    for response in (publish(mina_api, text="x", **{name: jun.pk}), send(mina_api, text="x", **{name: str(jun.pk)})):
        assert (response.status_code, response.json()["code"]) == (400, "unknown_field")
        assert response.json()["errors"][0]["field"] == name
    assert not Post.objects.exists()


def test_the_two_ways_of_sending_images_cannot_be_mixed(mina_api: APIClient) -> None:
    assert publish(mina_api, text="x", images=[]).json()["code"] == "unknown_field"
    assert send(mina_api, text="x", image_ids="7").json()["code"] == "unknown_field"
    assert send(mina_api, text=upload()).json()["errors"][0]["field"] == "text"
    assert send(mina_api, images="no file").json()["errors"][0]["field"] == "images.0"
