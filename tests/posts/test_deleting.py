"""Only the writer deletes, and then nothing is left."""

from collections.abc import Callable

import pytest
from rest_framework.test import APIClient

from accounts.models import Member
from media.models import Image
from posts.models import Post, PostImage
from tests.factories import PostFactory
from tests.posts.conftest import files


def test_deleting_a_post_deletes_its_images_and_their_files(
    mina: Member, mina_api: APIClient, illustrated: Callable[..., Post], run_jobs: Callable[[], None]
) -> None:
    before = files()
    post = illustrated(mina, images=3)
    run_jobs()
    assert len(files() - before) == 9
    assert mina_api.delete(f"/api/v1/posts/{post.pk}").status_code == 204
    assert not PostImage.objects.exists()
    assert files() - before, "files go by the outbox, after the commit"
    run_jobs()
    assert files() == before
    assert not Image.objects.exists()
    assert mina_api.get(f"/api/v1/posts/{post.pk}").status_code == 404


def test_deleting_twice_finds_nothing_the_second_time(mina: Member, mina_api: APIClient) -> None:
    address = f"/api/v1/posts/{PostFactory.create(author=mina).pk}"
    assert [mina_api.delete(address).status_code for _ in range(2)] == [204, 404]


def test_nobody_can_delete_a_post_of_somebody_else(mina: Member, jun_api: APIClient) -> None:
    post = PostFactory.create(author=mina)
    response = jun_api.delete(f"/api/v1/posts/{post.pk}")
    assert (response.status_code, response.json()["code"]) == (403, "not_yours")
    assert jun_api.get(f"/api/v1/posts/{post.pk}").status_code == 200


@pytest.mark.parametrize("way", ["blocks", "is blocked"])
def test_deleting_a_post_that_one_cannot_see_is_not_found(
    mina: Member, jun: Member, jun_api: APIClient, way: str
) -> None:
    post = PostFactory.create(author=mina)
    jun.block(mina) if way == "blocks" else mina.block(jun)
    response = jun_api.delete(f"/api/v1/posts/{post.pk}")
    assert (response.status_code, response.json()["code"]) == (404, "not_found")
    assert Post.objects.filter(pk=post.pk).exists()


def test_the_images_of_a_deleted_post_cannot_be_used_again(
    mina: Member, mina_api: APIClient, illustrated: Callable[..., Post]
) -> None:
    post = illustrated(mina)
    image_id = str(post.post_images.get().image_id)
    mina_api.delete(f"/api/v1/posts/{post.pk}")
    response = mina_api.post("/api/v1/posts", {"image_ids": [image_id]}, format="json")
    assert response.json()["code"] == "image_not_usable"
