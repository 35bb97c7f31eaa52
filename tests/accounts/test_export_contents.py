"""The content of an export: everything that the member made, and nothing of others."""

import io
import re
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
from moderation.actions import get_action
from moderation.appeals import appeal
from moderation.reporting import report_member
from posts.models import Post
from tests.accounts.exports import download, read_json, request_export
from tests.factories import MemberFactory, PostFactory

Export = Callable[[], ZipFile]
NAMES = [
    "README.ko.txt", "README.en.txt", "profile.json", "terms.json", "sessions.json", "security-events.json",
    "blocks.json", "mutes.json", "following.json", "followers.json", "posts.json", "post-edits.json",
    "hearts.json", "saved-posts.json", "shared-posts.json", "comments.json", "reports.json",
    "decisions.json", "appeals.json", "notifications.json", "notification-actors.json", "notification-settings.json",
    "push-subscriptions.json",
    "pictures.json", "manifest.json",
]  # fmt: skip


@pytest.fixture
def export(mina_api: APIClient, run_jobs: Callable[[], None]) -> Export:
    """Requests Mina's export, runs the jobs, and downloads it."""

    def make() -> ZipFile:
        url = request_export(mina_api)
        run_jobs()
        return download(mina_api, url)

    return make


def test_the_export_of_a_new_member_has_every_file_and_each_can_be_read(export: Export) -> None:
    archive = export()
    assert archive.namelist() == NAMES
    assert read_json(archive, "posts") == read_json(archive, "pictures") == []
    assert "Mina" in archive.read("README.en.txt").decode()
    assert "회원님" in archive.read("README.ko.txt").decode()


def test_the_readme_of_an_export_describes_every_file(export: Export) -> None:
    archive = export()
    for language in ("en", "ko"):
        described = re.findall(r"^([a-z-]+\.json) ", archive.read(f"README.{language}.txt").decode(), re.MULTILINE)
        assert described == [name for name in archive.namelist() if name.endswith(".json")]


def test_reports_have_the_members_words_and_nothing_of_the_reported(export: Export, mina: Member, jun: Member) -> None:
    jun.update(about="I sell watches.")
    report, _ = report_member(mina, jun.pk, reason="spam", text="Five times today.")
    report_member(jun, mina.pk, reason="hate", text="She reported me.")
    (exported,) = read_json(export(), "reports")
    assert exported | {"created_at": None} == {
        "id": str(report.pk), "about": "member", "reason": "spam", "text": "Five times today.", "state": "open",
        "created_at": None,
    }  # fmt: skip


def test_decisions_are_exported_as_their_member_was_told_of_them(export: Export, mina: Member, sora: Member) -> None:
    post = PostFactory.create(author=mina, text="Buy this.")
    decision = get_action("remove_post").run(post, by=sora, reason="spam", text="An advertisement.")
    report, _ = report_member(MemberFactory.create(), mina.pk, reason="spam", text="")
    get_action("dismiss_report").run(report, by=sora, reason="no_violation")
    appeal(mina, decision.pk, "It is my garden.")
    archive = export()
    (exported,), (appealed,) = read_json(archive, "decisions"), read_json(archive, "appeals")
    assert (appealed["decision_id"], appealed["text"]) == (exported["id"], "It is my garden.")
    assert (exported["id"], exported["post_id"]) == (str(decision.pk), str(post.pk))
    assert (exported["reason"], exported["text"], exported["quotation"]) == ("spam", "An advertisement.", "Buy this.")
    assert exported["statement"] == "We have removed your post. Nobody can see it any more."
    assert "Sora" not in str(exported)


def test_posts_and_images_are_those_of_the_member(
    export: Export, mina: Member, store_image: Callable[..., Image]
) -> None:
    first, second = store_image(mina, color="red"), store_image(mina, color="blue")
    second.set_alt("A blue wall")
    post = Post.objects.publish(author=mina, text="눈이 왔어요\nfirst snow", image_ids=[second.pk, first.pk])
    hidden = PostFactory.create(author=mina, text="removed")
    hidden.remove()
    archive = export()
    # Posts of one millisecond come in any order.
    exported, gone = sorted(read_json(archive, "posts"), key=lambda row: row["removed_at"] is not None)
    assert (exported["id"], exported["text"]) == (str(post.pk), post.text)
    assert [entry["file"] for entry in exported["images"]] == [f"pictures/{image.pk}.jpg" for image in (second, first)]
    assert [entry["alt"] for entry in exported["images"]] == ["A blue wall", ""]
    assert gone["removed_at"] is not None
    for image in (first, second):
        assert archive.read(f"pictures/{image.pk}.jpg") == image_files.read_variant(image.key, "full")


def test_former_texts_of_posts_are_exported_too(export: Export, mina: Member, jun: Member) -> None:
    post, other = PostFactory.create(author=mina, text="Frist snow"), PostFactory.create(author=jun, text="Hello")
    other.edit("Good bye")
    for text in ("First snow", "First snow!"):
        post.edit(text)
    archive = export()
    before = read_json(archive, "post-edits")
    assert [(edit["post"], edit["text"]) for edit in before] == [
        (str(post.pk), "Frist snow"),
        (str(post.pk), "First snow"),
    ]
    (exported,) = read_json(archive, "posts")
    assert exported["edited_at"] == before[-1]["edited_at"]


def test_posts_that_the_member_deleted_are_not_exported_although_their_job_failed(export: Export, mina: Member) -> None:
    post = PostFactory.create(author=mina, text="Taken back")
    post.edit("Taken back too")
    Post.objects.hide_all_of(mina)
    Job.objects.filter(kind="posts.delete_posts").delete()
    archive = export()
    assert Post.objects.filter(pk=post.pk).exists()
    assert read_json(archive, "posts") == read_json(archive, "post-edits") == []


def test_images_are_not_compressed_and_listed_with_the_avatar(
    export: Export, mina: Member, store_image: Callable[..., Image]
) -> None:
    avatar, unused = store_image(mina), store_image(mina)
    mina.set_avatar(avatar.pk)
    archive = export()
    assert read_json(archive, "profile")["avatar"] == f"pictures/{avatar.pk}.jpg"
    listed = read_json(archive, "pictures")
    assert [entry["file"] for entry in listed] == [f"pictures/{image.pk}.jpg" for image in (avatar, unused)]
    for entry in listed:
        assert archive.getinfo(entry["file"]).compress_type == ZIP_STORED
        with Pillow.open(io.BytesIO(archive.read(entry["file"]))) as image:
            assert image.size == (entry["width"], entry["height"])


def test_the_manifest_lists_every_file_with_its_size(
    export: Export, mina: Member, store_image: Callable[..., Image]
) -> None:
    store_image(mina)
    archive = export()
    manifest = read_json(archive, "manifest")
    assert manifest["member_id"] == str(mina.pk)
    in_zip = {entry.filename: entry.file_size for entry in archive.infolist() if entry.filename != "manifest.json"}
    assert {entry["file"]: entry["bytes"] for entry in manifest["files"]} == in_zip
    assert archive.testzip() is None


def test_profile_terms_and_sessions_are_those_of_the_member(export: Export, mina: Member) -> None:
    archive = export()
    profile = read_json(archive, "profile")
    assert (profile["id"], profile["email"], profile["name"]) == (str(mina.pk), mina.email, mina.name)
    assert read_json(archive, "terms")["version"] == "2026-11-01"
    (session,) = read_json(archive, "sessions")
    assert (session["device"], session["network"]) == ("phone", "192.0.2.0/24")
    text = b"".join(archive.read(name) for name in archive.namelist())
    assert mina.password.encode() not in text
    assert mina.sessions.get().current_jti.encode() not in text


def test_other_members_are_exported_by_nickname_if_the_member_can_see_them(
    export: Export, mina: Member, jun: Member, sora: Member
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
    archive = export()
    brief = {"id": str(jun.pk), "nickname": "Jun"}
    assert [row["member"] for name in ("following", "followers") for row in read_json(archive, name)] == [brief, brief]
    blocked = [{"id": str(other.pk), "nickname": other.nickname} for other in (sora, left)]
    assert [row["member"] for row in read_json(archive, "blocks")] == blocked
    text = b"".join(archive.read(name) for name in archive.namelist())
    for strange in (jun.email, sora.email, "Lee Jun", blocker.nickname, suspended.nickname, "not Mina's"):
        assert strange.encode() not in text


def test_an_image_that_storage_lost_is_listed_and_the_rest_is_exported(
    export: Export, mina: Member, store_image: Callable[..., Image]
) -> None:
    lost, safe = store_image(mina), store_image(mina)
    Path(storages["default"].path(file_name(lost.key, "full"))).unlink()
    files = [entry["file"] for entry in read_json(export(), "pictures")]
    assert files == [None, f"pictures/{safe.pk}.jpg"]


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "cut off": lambda data: data[: len(data) // 2],
    "empty": lambda data: b"",
    "zeros": lambda data: bytes(len(data)),
    "zeros at its end": lambda data: data[: len(data) // 4].ljust(len(data), b"\0"),
    "longer": lambda data: data + b"x",
}


@pytest.mark.parametrize("damage", [None, *DAMAGES])
def test_no_file_of_an_export_names_an_image_that_is_lost_or_damaged(
    export: Export, mina: Member, store_image: Callable[..., Image], damage: str | None
) -> None:
    avatar, lost, safe = store_image(mina), store_image(mina), store_image(mina)
    mina.set_avatar(avatar.pk)
    text = f"pictures/{lost.pk}.jpg"
    Post.objects.publish(author=mina, text=text, image_ids=[lost.pk, safe.pk])
    for image in (avatar, lost):
        path = Path(storages["default"].path(file_name(image.key, "full")))
        if damage is None:
            path.unlink()
        else:
            path.write_bytes(DAMAGES[damage](path.read_bytes()))
    archive = export()
    (post,) = read_json(archive, "posts")
    assert post["text"] == text
    assert [image["file"] for image in post["images"]] == [None, f"pictures/{safe.pk}.jpg"]
    assert read_json(archive, "profile")["avatar"] is None
    assert [name for name in archive.namelist() if name.endswith(".jpg")] == [f"pictures/{safe.pk}.jpg"]


def test_more_posts_than_fit_a_chunk_are_all_exported(export: Export, mina: Member) -> None:
    posts = PostFactory.create_batch(1_003, author=mina)
    ids = [str(number) for number in sorted(post.pk for post in posts)]
    assert [row["id"] for row in read_json(export(), "posts")] == ids
