"""Deleting everything one has written without leaving: gone at once, and then for good."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import Member
from libs.outbox.models import Job
from media.models import Image
from posts import jobs
from posts.models import Post, PostEdit
from tests.factories import PASSWORD, PostFactory
from tests.posts.conftest import Texts, files

RunJobs = Callable[[], None]


def delete_all(client: APIClient, password: str = PASSWORD) -> Any:
    return client.post("/api/v1/me/posts/deletion", {"password": password}, format="json")


def test_all_posts_of_a_member_are_hidden_from_everybody_at_once(
    mina: Member, jun: Member, mina_api: APIClient, jun_api: APIClient, texts: Texts
) -> None:
    posts = PostFactory.create_batch(3, author=mina)
    PostFactory.create(author=jun, text="Jun's")
    assert delete_all(mina_api).status_code == 202
    assert texts(mina_api) == texts(jun_api) == ["Jun's"]
    assert texts(jun_api, author=mina.pk) == texts(mina_api, author=mina.pk, ordering="oldest") == []
    addresses = [f"/api/v1/posts/{post.pk}{more}" for post in posts for more in ("", "/edits")]
    assert {mina_api.get(address).status_code for address in addresses} == {404}
    assert jun_api.get(f"/api/v1/members/{mina.pk}").json()["counts"]["posts"] == 0


def test_rows_and_files_are_deleted_by_jobs_of_a_few_posts_each(
    mina: Member,
    mina_api: APIClient,
    illustrated: Callable[..., Post],
    run_jobs: RunJobs,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(jobs, "DELETION_BATCH", 2)
    before = files()
    for _ in range(5):
        illustrated(mina).edit("Look again.")
    run_jobs()
    delete_all(mina_api)
    assert Post.objects.count() == 5
    run_jobs()
    assert [model.objects.count() for model in (Post, PostEdit, Image)] == [0, 0, 0]
    assert files() == before
    assert Job.objects.filter(kind="posts.delete_posts").count() == 4


def test_a_post_published_after_deleting_all_stays(
    mina: Member, mina_api: APIClient, texts: Texts, run_jobs: RunJobs
) -> None:
    PostFactory.create(author=mina, text="before")
    delete_all(mina_api)
    mina_api.post("/api/v1/posts", {"text": "after"}, format="json")
    assert texts(mina_api) == ["after"]
    run_jobs()
    assert list(Post.objects.values_list("text", flat=True)) == ["after"]


def test_images_of_other_members_and_unused_images_stay(
    mina: Member,
    jun: Member,
    mina_api: APIClient,
    store_image: Any,
    illustrated: Callable[..., Post],
    run_jobs: RunJobs,
) -> None:
    illustrated(mina)
    others = {store_image(mina).pk, illustrated(jun).post_images.get().image_id}
    delete_all(mina_api)
    run_jobs()
    assert set(Image.objects.values_list("pk", flat=True)) == others


def test_without_the_password_nothing_is_hidden(mina: Member, mina_api: APIClient, texts: Texts) -> None:
    PostFactory.create(author=mina, text="hello")
    answer = delete_all(mina_api, "not her password")
    assert (answer.status_code, answer.json()["code"]) == (403, "password_wrong")
    assert texts(mina_api) == ["hello"]
    assert not Job.objects.exists()


def test_deleting_all_twice_is_a_success_both_times(mina: Member, mina_api: APIClient, run_jobs: RunJobs) -> None:
    PostFactory.create(author=mina)
    assert [delete_all(mina_api).status_code for _ in range(2)] == [202, 202]
    run_jobs()
    assert delete_all(mina_api).status_code == 202
    run_jobs()
    assert not Post.objects.exists()


def test_a_job_that_fails_halfway_leaves_the_rest_hidden_and_is_retried(
    mina: Member, mina_api: APIClient, texts: Texts, run_jobs: RunJobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    PostFactory.create_batch(3, author=mina)
    delete_all(mina_api)
    with monkeypatch.context() as broken:
        broken.setattr(jobs, "enqueue", lambda *anything: 1 / 0)
        run_jobs()
    assert (Post.objects.count(), texts(mina_api)) == (3, [])
    Job.objects.update(run_at=timezone.now())
    run_jobs()
    assert not Post.objects.exists()


def test_restoring_a_removed_post_does_not_undo_its_authors_deletion(
    mina: Member, mina_api: APIClient, texts: Texts, run_jobs: RunJobs
) -> None:
    post = PostFactory.create(author=mina)
    post.remove()
    delete_all(mina_api)
    post.restore()
    assert texts(mina_api) == []
    run_jobs()
    assert not Post.objects.exists()
