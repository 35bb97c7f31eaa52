"""What is in the zip: all that the member made, and nothing that is another's."""

import io
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from zipfile import ZIP_STORED, ZipFile

import pytest
from django.core.files.storage import storages
from django.utils import timezone
from PIL import Image as Pillow
from rest_framework.test import APIClient

from accounts.models import Member
from libs.outbox.models import Job
from media.image_urls import file_name
from media.models import Image
from media.storage import image_files
from posts.models import Post
from tests.accounts.exporting import ask, fetched, told
from tests.factories import MemberFactory, PostFactory

Made = Callable[[], ZipFile]
NAMES = [
    "README.ko.txt", "README.en.txt", "profile.json", "terms.json", "sessions.json", "security-events.json",
    "blocks.json", "following.json", "followers.json", "posts.json", "post-edits.json", "reports.json",
    "pictures.json", "manifest.json",
]  # fmt: skip


@pytest.fixture
def made(mina_api: APIClient, work: Callable[[], None]) -> Made:
    """Has Mina's export made and fetches it."""

    def make() -> ZipFile:
        address = ask(mina_api)
        work()
        return fetched(mina_api, address)

    return make


def test_an_empty_life_has_every_file_and_each_can_be_read(made: Made) -> None:
    zipped = made()
    assert zipped.namelist() == NAMES
    assert told(zipped, "posts") == told(zipped, "pictures") == []
    assert "Mina" in zipped.read("README.en.txt").decode()
    assert "회원님" in zipped.read("README.ko.txt").decode()


def test_posts_and_pictures_are_those_that_the_member_made(
    made: Made, mina: Member, image_of: Callable[..., Image]
) -> None:
    first, second = image_of(mina, color="red"), image_of(mina, color="blue")
    second.set_alt("A blue wall")
    post = Post.objects.publish(author=mina, text="눈이 왔어요\nfirst snow", image_ids=[second.pk, first.pk])
    hidden = PostFactory.create(author=mina, text="removed")
    hidden.remove()
    zipped = made()
    shown, gone = told(zipped, "posts")
    assert (shown["id"], shown["text"]) == (str(post.pk), post.text)
    assert [entry["file"] for entry in shown["images"]] == [f"pictures/{image.pk}.jpg" for image in (second, first)]
    assert [entry["alt"] for entry in shown["images"]] == ["A blue wall", ""]
    assert gone["removed_at"] is not None
    for image in (first, second):
        assert zipped.read(f"pictures/{image.pk}.jpg") == image_files.read_variant(image.key, "full")


def test_what_posts_said_before_is_theirs_too(made: Made, mina: Member, jun: Member) -> None:
    post, other = PostFactory.create(author=mina, text="Frist snow"), PostFactory.create(author=jun, text="Hello")
    other.edit("Good bye")
    for text in ("First snow", "First snow!"):
        post.edit(text)
    zipped = made()
    before = told(zipped, "post-edits")
    assert [(edit["post"], edit["text"]) for edit in before] == [
        (str(post.pk), "Frist snow"),
        (str(post.pk), "First snow"),
    ]
    (shown,) = told(zipped, "posts")
    assert shown["edited_at"] == before[-1]["edited_at"]


def test_what_was_taken_back_is_in_no_copy_although_its_job_has_died(made: Made, mina: Member) -> None:
    post = PostFactory.create(author=mina, text="Taken back")
    post.edit("Taken back too")
    Post.objects.hide_all_of(mina)
    Job.objects.filter(kind="posts.delete_posts").delete()
    zipped = made()
    assert Post.objects.filter(pk=post.pk).exists()
    assert told(zipped, "posts") == told(zipped, "post-edits") == []


def test_pictures_are_stored_as_they_are_and_listed_with_the_avatar(
    made: Made, mina: Member, image_of: Callable[..., Image]
) -> None:
    avatar, unused = image_of(mina), image_of(mina)
    mina.show_with(avatar.pk)
    zipped = made()
    assert told(zipped, "profile")["avatar"] == f"pictures/{avatar.pk}.jpg"
    listed = told(zipped, "pictures")
    assert [entry["file"] for entry in listed] == [f"pictures/{image.pk}.jpg" for image in (avatar, unused)]
    for entry in listed:
        assert zipped.getinfo(entry["file"]).compress_type == ZIP_STORED
        with Pillow.open(io.BytesIO(zipped.read(entry["file"]))) as picture:
            assert picture.size == (entry["width"], entry["height"])


def test_the_manifest_names_every_file_with_its_size(made: Made, mina: Member, image_of: Callable[..., Image]) -> None:
    image_of(mina)
    zipped = made()
    manifest = told(zipped, "manifest")
    assert manifest["member_id"] == str(mina.pk)
    in_zip = {entry.filename: entry.file_size for entry in zipped.infolist() if entry.filename != "manifest.json"}
    assert {entry["file"]: entry["bytes"] for entry in manifest["files"]} == in_zip
    assert zipped.testzip() is None


def test_profile_terms_and_sessions_are_the_members_own(made: Made, mina: Member) -> None:
    zipped = made()
    profile = told(zipped, "profile")
    assert (profile["id"], profile["email"], profile["name"]) == (str(mina.pk), mina.email, mina.name)
    assert told(zipped, "terms")["version"] == "2026-11-01"
    (session,) = told(zipped, "sessions")
    assert (session["device"], session["network"]) == ("phone", "192.0.2.0/24")
    text = b"".join(zipped.read(name) for name in zipped.namelist())
    assert mina.password.encode() not in text
    assert mina.sessions.get().current_jti.encode() not in text


def test_others_are_told_by_nickname_as_far_as_the_member_sees_them(
    made: Made, mina: Member, jun: Member, sora: Member
) -> None:
    suspended, blocker, left = MemberFactory.create_batch(3)
    for other in (jun, suspended, blocker):
        mina.follow(other)
        other.follow(mina)
    mina.block(sora)
    mina.block(left)
    blocker.block(mina)
    suspended.suspend(timezone.now() + timedelta(days=1))
    left.withdraw()
    PostFactory.create(author=jun, text="not Mina's")
    zipped = made()
    brief = {"id": str(jun.pk), "nickname": "Jun"}
    assert [row["member"] for name in ("following", "followers") for row in told(zipped, name)] == [brief, brief]
    assert [row["member"] for row in told(zipped, "blocks")] == [{"id": str(sora.pk), "nickname": "Sora"}]
    text = b"".join(zipped.read(name) for name in zipped.namelist())
    for strange in (jun.email, sora.email, "Lee Jun", blocker.nickname, suspended.nickname, "not Mina's"):
        assert strange.encode() not in text


def test_a_picture_that_storage_lost_is_told_and_keeps_nobody_from_the_rest(
    made: Made, mina: Member, image_of: Callable[..., Image]
) -> None:
    lost, safe = image_of(mina), image_of(mina)
    Path(storages["default"].path(file_name(lost.key, "full"))).unlink()
    files = [entry["file"] for entry in told(made(), "pictures")]
    assert files == [None, f"pictures/{safe.pk}.jpg"]


def test_more_posts_than_are_read_at_once_are_all_there(made: Made, mina: Member) -> None:
    posts = PostFactory.create_batch(1_003, author=mina)
    assert [row["id"] for row in told(made(), "posts")] == [str(number) for number in sorted(post.pk for post in posts)]
