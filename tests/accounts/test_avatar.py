"""The avatar of a member."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from django.conf import settings

from accounts.models import Avatar, Member
from media.models import Image
from posts.models import Post
from tests.accounts.conftest import AtOnce
from tests.accounts.phone import Phone, code_of
from tests.factories import PostFactory

pytestmark = pytest.mark.django_db
Picture = Callable[..., Image]
ROUNDS = 8


@pytest.fixture
def phone(mina: Member) -> Phone:
    """Mina's."""
    return Phone.of(mina)


@pytest.fixture
def mine(mina: Member, store_image: Picture) -> Image:
    """A picture of hers that nothing shows yet."""
    return store_image(mina)


def files_of(image: Image) -> list[str]:
    """The names of a picture's files in storage."""
    return sorted(path.name for path in Path(settings.MEDIA_ROOT).glob(f"{image.key}.*"))


def test_an_uploaded_image_becomes_the_avatar_everywhere(phone: Phone, mina: Member, mine: Image, jun: Member) -> None:
    avatar = phone.put("me/avatar", image_id=str(mine.pk)).json()["avatar"]
    assert avatar == phone.get(f"images/{mine.pk}").json()
    assert mine.key in avatar["urls"]["full"]
    post = PostFactory.create(author=mina)
    other = Phone.of(jun)
    assert other.get(f"members/{mina.pk}").json()["avatar"] == avatar
    assert other.get(f"posts/{post.pk}").json()["author"]["avatar"] == avatar


def test_a_new_avatar_deletes_the_files_of_the_former_one(
    phone: Phone, mina: Member, store_image: Picture, run_jobs: Callable[[], None]
) -> None:
    old, new = store_image(mina), store_image(mina)
    run_jobs()
    assert len(files_of(old)) == 3
    phone.put("me/avatar", image_id=str(old.pk))
    phone.put("me/avatar", image_id=str(new.pk))
    run_jobs()
    assert (files_of(old), len(files_of(new))) == ([], 3)
    assert not Image.objects.filter(pk=old.pk).exists()
    assert Avatar.objects.get().image == new


def test_removing_the_avatar_deletes_its_image(phone: Phone, mine: Image, run_jobs: Callable[[], None]) -> None:
    phone.put("me/avatar", image_id=str(mine.pk))
    assert [phone.delete("me/avatar").status_code for _ in range(2)] == [204, 204]
    assert phone.get("me").json()["avatar"] is None
    run_jobs()
    assert files_of(mine) == []


def test_setting_the_same_avatar_again_changes_nothing(phone: Phone, mine: Image, run_jobs: Callable[[], None]) -> None:
    answers = [phone.put("me/avatar", image_id=str(mine.pk)) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    run_jobs()
    assert files_of(mine)
    assert phone.get("me").json()["avatar"]


def test_an_image_of_another_member_cannot_be_an_avatar(phone: Phone, jun: Member, store_image: Picture) -> None:
    theirs = store_image(jun)
    unknown = phone.put("me/avatar", image_id="4711")
    answer = phone.put("me/avatar", image_id=str(theirs.pk))
    assert code_of(answer) == code_of(unknown) == "image_not_usable"
    assert not Avatar.objects.exists()


def test_an_image_of_a_post_cannot_be_an_avatar(phone: Phone, mine: Image) -> None:
    assert phone.post("posts", text="", image_ids=[str(mine.pk)]).status_code == 201
    assert code_of(phone.put("me/avatar", image_id=str(mine.pk))) == "image_not_usable"


def test_a_refused_avatar_leaves_the_former_one(phone: Phone, mine: Image, run_jobs: Callable[[], None]) -> None:
    phone.put("me/avatar", image_id=str(mine.pk))
    for wrong in ("4711", 4711, "x", None, "", "-1"):
        assert phone.put("me/avatar", image_id=wrong).status_code in (400, 409)
    run_jobs()
    assert files_of(mine)


def test_an_image_claimed_as_avatar_and_by_a_post_goes_to_one_of_them(
    at_once: AtOnce, mina: Member, store_image: Picture
) -> None:
    for _ in range(ROUNDS):
        one, two, wanted = Phone.of(mina), Phone.of(mina), str(store_image(mina).pk)
        show = partial(one.put, "me/avatar", image_id=wanted)
        publish = partial(two.post, "posts", text="", image_ids=[wanted])
        answers = at_once([show, publish])
        assert sorted(map(code_of, answers)) == ["", "image_not_usable"]
    avatars = set(Avatar.objects.values_list("image", flat=True))
    assert not avatars & set(Post.objects.values_list("post_images__image", flat=True))
