"""A repeated request has no further effect and gets the response of the first."""

import json
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.client import encode_multipart
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings
from rest_framework.response import Response
from rest_framework.test import APIClient

from accounts.models import Member
from libs.idempotency.cleanup import clean_up_responses
from libs.idempotency.errors import IdempotencyKeyInUse
from libs.idempotency.models import StoredResponse
from libs.outbox.models import Job
from media.models import Image
from media.uploads import accepted_images, mark_stored
from posts.models import Post
from tests.accounts.conftest import AtOnce
from tests.conftest import logged_in
from tests.erasing import erase
from tests.factories import upload

POSTS, IMAGES = "/api/v1/posts", "/api/v1/images"
BY_PROXY = {"HTTP_X_REPEATED_BY_PROXY": "1"}


def create_post(client: APIClient, text: str = "Snow.", key: str = "k-1", **headers: Any) -> Any:
    return client.post(POSTS, {"text": text}, format="json", HTTP_IDEMPOTENCY_KEY=key, **headers)


def interrupt(**changes: Any) -> None:
    """Leave the key as a process that was killed before its commit."""
    Post.objects.all().delete()
    StoredResponse.objects.update(status=None, body=b"", **changes)


def test_a_repeated_post_gets_the_first_response_and_is_one_post(mina_api: APIClient) -> None:
    first, second = create_post(mina_api), create_post(mina_api)
    assert (first.status_code, second.status_code, Post.objects.count()) == (201, 201, 1)
    assert first.content == second.content
    assert first["Content-Type"] == second["Content-Type"]
    assert (first.get("Idempotency-Replayed"), second["Idempotency-Replayed"]) == (None, "true")


def test_spacing_and_order_of_fields_do_not_matter(mina_api: APIClient) -> None:
    bodies = ['{"text":"x","image_ids":[]}', json.dumps({"image_ids": [], "text": "x"}, indent=2)]
    for body in bodies:
        mina_api.post(POSTS, body, content_type="application/json", HTTP_IDEMPOTENCY_KEY="k")
    assert Post.objects.count() == 1


@pytest.mark.parametrize("path", [POSTS, IMAGES])
def test_a_repeated_upload_is_recognised_by_its_bytes(mina_api: APIClient, path: str) -> None:
    responses = []
    for boundary in ("one", "two"):
        parts = {"images" if path == POSTS else "image": upload(size=(8, 8))}
        body = _multipart(boundary, parts)
        kind = f"multipart/form-data; boundary={boundary}"
        responses.append(mina_api.post(path, body, content_type=kind, HTTP_IDEMPOTENCY_KEY="k"))
    assert [one.status_code for one in responses] == [201, 201], responses[-1].content
    assert (responses[0].content, Image.objects.count()) == (responses[1].content, 1)


def _multipart(boundary: str, parts: dict[str, Any]) -> bytes:
    return encode_multipart(boundary, parts)


def test_the_same_key_with_other_data_is_refused(mina_api: APIClient) -> None:
    create_post(mina_api)
    refused = create_post(mina_api, text="Rain.")
    assert (refused.status_code, refused.json()["code"]) == (422, "idempotency_key_reused")
    for size, status in (((8, 8), 201), ((9, 9), 422)):
        sent = mina_api.post(IMAGES, {"image": upload(size=size)}, format="multipart", HTTP_IDEMPOTENCY_KEY="p")
        assert sent.status_code == status


def test_the_same_key_is_independent_between_members_and_routes(mina_api: APIClient, jun_api: APIClient) -> None:
    image = mina_api.post(IMAGES, {"image": upload()}, format="multipart", HTTP_IDEMPOTENCY_KEY="k-1")
    assert (create_post(mina_api).status_code, create_post(jun_api).status_code, image.status_code) == (201, 201, 201)
    assert Post.objects.count() == 2


@pytest.mark.parametrize("key", ["", " ", "a b", "x" * 256, "ключ", "a\x7f"])
def test_a_key_that_is_not_visible_ascii_is_refused(mina_api: APIClient, key: str) -> None:
    refused = create_post(mina_api, key=key)
    assert (refused.status_code, refused.json()["code"]) == (400, "idempotency_key_invalid")
    assert create_post(mina_api, key="x" * 255).status_code == 201


def test_a_refused_request_is_processed_again_when_repeated(mina_api: APIClient, settings: Settings) -> None:
    settings.POST_MAX_GRAPHEMES = 3
    assert create_post(mina_api).status_code == 400
    assert not StoredResponse.objects.exists()
    settings.POST_MAX_GRAPHEMES = 30
    assert create_post(mina_api).status_code == 201


def test_a_repeat_is_refused_while_the_first_is_running(mina_api: APIClient) -> None:
    create_post(mina_api)
    interrupt()
    refused = create_post(mina_api)
    assert (refused.status_code, refused.json()["code"]) == (409, "idempotency_running")
    assert int(refused["Retry-After"]) >= 1


def test_the_key_of_an_interrupted_request_is_free_after_its_lease(mina_api: APIClient) -> None:
    create_post(mina_api)
    interrupt(leased_until=timezone.now() - timedelta(seconds=1))
    assert create_post(mina_api).status_code == 201
    assert "Idempotency-Replayed" in create_post(mina_api)
    assert Post.objects.count() == 1


def test_a_repeat_by_the_proxy_does_not_wait_for_the_lease(mina_api: APIClient) -> None:
    create_post(mina_api)
    interrupt()
    first, second = (create_post(mina_api, **BY_PROXY) for _ in range(2))
    assert (first.status_code, first.get("Idempotency-Replayed")) == (201, None)
    assert (second.content, second["Idempotency-Replayed"]) == (first.content, "true")
    assert create_post(mina_api, text="Rain.", **BY_PROXY).status_code == 422
    assert Post.objects.count() == 1


def test_a_slow_first_request_whose_proxy_repeats_it_has_no_effect(mina: Member, mina_api: APIClient) -> None:
    lookup: dict[str, Any] = {"member_id": mina.pk, "route": "r", "key": "k", "fingerprint": "f"}
    slow = StoredResponse.objects.claim(**lookup)
    repeat = StoredResponse.objects.claim(**lookup, first_has_ended=True)
    with pytest.raises(IdempotencyKeyInUse):
        slow.store(Response(status=201), b"", "")
    slow.release()
    repeat.store(Response(status=201), b"{}", "application/json")
    assert StoredResponse.objects.claim(**lookup, first_has_ended=True).status == 201


def test_an_effect_whose_lease_was_lost_is_rolled_back(mina: Member, settings: Settings) -> None:
    settings.IDEMPOTENCY_LEASE_SECONDS = -1
    lookup: dict[str, Any] = {"member_id": mina.pk, "route": "r", "key": "k", "fingerprint": "f"}
    late, held = StoredResponse.objects.claim(**lookup), StoredResponse.objects.claim(**lookup)

    @transaction.atomic
    def publish() -> None:
        Post.objects.publish(author=mina, text="x")
        late.store(Response(status=201), b"", "")

    with pytest.raises(IdempotencyKeyInUse):
        publish()
    late.release()
    assert not Post.objects.exists()
    held.store(Response(status=201), b"{}", "application/json")
    assert StoredResponse.objects.claim(**lookup).status == 201


def test_stored_responses_are_deleted_after_a_day_and_with_their_member(mina: Member, mina_api: APIClient) -> None:
    create_post(mina_api)
    StoredResponse.objects.update(created_at=timezone.now() - timedelta(hours=25))
    assert "Idempotency-Replayed" not in create_post(mina_api)
    StoredResponse.objects.update(created_at=timezone.now() - timedelta(hours=25))
    assert (clean_up_responses(), clean_up_responses()) == (1, 0)
    create_post(mina_api)
    erase(mina)
    assert not StoredResponse.objects.exists()


def test_a_request_without_the_header_reads_no_stored_responses(mina_api: APIClient) -> None:
    with CaptureQueriesContext(connection) as queries:
        mina_api.post(POSTS, {"text": "x"}, format="json")
    assert not [query for query in queries.captured_queries if "idempotency" in query["sql"]]


def test_of_equal_concurrent_requests_one_takes_effect(mina: Member, at_once: AtOnce) -> None:
    clients = [logged_in(mina, f"phone {number}") for number in range(6)]
    statuses = at_once([partial(lambda client: create_post(client).status_code, client) for client in clients])
    assert set(statuses) <= {201, 409}
    assert (201 in statuses, Post.objects.count(), StoredResponse.objects.count()) == (True, 1, 1)


def test_an_image_whose_response_cannot_be_stored_is_discarded(mina: Member) -> None:
    def fail_to_store() -> None:
        with accepted_images([upload()], owner=mina) as images, transaction.atomic():
            mark_stored(images)
            raise ValueError

    with pytest.raises(ValueError):
        fail_to_store()
    assert not Image.objects.not_discarded().exists()
    assert set(Job.objects.values_list("kind", flat=True)) == {"media.delete_files"}


def test_reports_and_exports_are_idempotent_too(mina_api: APIClient, jun: Member) -> None:
    for route, body in (("reports", {"member_id": str(jun.pk), "reason": "spam"}), ("me/exports", {})):
        once, again = (
            mina_api.post(f"/api/v1/{route}", body, format="json", HTTP_IDEMPOTENCY_KEY="k-1") for _ in range(2)
        )
        assert once.status_code in (201, 202)
        assert (again.status_code, again.content) == (once.status_code, once.content)
        assert again["Idempotency-Replayed"] == "true"
