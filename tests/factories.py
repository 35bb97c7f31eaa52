"""How tests make what they do not tell about."""

import io
from collections.abc import Iterable, Sequence
from itertools import count
from typing import Any, TypeVar

import factory
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from PIL import Image as Pillow

from accounts.models import Member
from comments.models import Comment
from libs.keyset.ids import new_id
from libs.keyset.models import TimeOrdered
from media.models import Image
from media.uploads import accepted_images, mark_stored
from posts.models import Post

New = TypeVar("New", bound=TimeOrdered)
PASSWORD = "correct horse battery staple"


class MemberFactory(factory.django.DjangoModelFactory[Member]):
    """A member who can log in with PASSWORD."""

    class Meta:
        model = Member
        skip_postgeneration_save = True

    email = factory.Sequence(lambda number: f"member{number}@example.com")
    name = factory.Sequence(lambda number: f"Member {number}")
    nickname = factory.Sequence(lambda number: f"member{number}")
    terms_version = "2026-11-01"

    @classmethod
    def _create(cls, model_class: type[Member], *args: Any, **fields: Any) -> Member:
        return model_class.objects.create_user(fields.pop("email"), fields.pop("password", PASSWORD), **fields)


class PostFactory(factory.django.DjangoModelFactory[Post]):
    """A post without pictures."""

    class Meta:
        model = Post

    author = factory.SubFactory(MemberFactory)
    text = factory.Sequence(lambda number: f"Post number {number}")


class CommentFactory(factory.django.DjangoModelFactory[Comment]):
    """A comment on a post, or a reply."""

    class Meta:
        model = Comment

    author = factory.SubFactory(MemberFactory)
    post = factory.SubFactory(PostFactory)
    text = factory.Sequence(lambda number: f"Comment number {number}")


def picture_bytes(size: tuple[int, int] = (64, 48), kind: str = "JPEG", color: str = "teal", **options: Any) -> bytes:
    """A small honest picture."""
    buffer = io.BytesIO()
    Pillow.new("RGB", size, color).save(buffer, kind, **options)
    return buffer.getvalue()


def upload(name: str = "photo.jpg", **options: Any) -> SimpleUploadedFile:
    """A small honest picture as a client sends it."""
    return SimpleUploadedFile(name, picture_bytes(**options), "image/jpeg")


def put(records: Iterable[New]) -> list[New]:
    """Save many new records of one kind behind everybody's back, by one statement.

    Their ids are counted up: of thousands drawn in the same instant two may be alike.
    """
    new, ids = list(records), count(new_id())
    for record in new:
        record.pk = next(ids)
    return type(new[0])._base_manager.bulk_create(new) if new else new


def store_images(files: Sequence[SimpleUploadedFile], *, owner: Member, alts: Sequence[str] = ()) -> list[Image]:
    """Store uploaded files as images of the owner that nothing shows yet."""
    with accepted_images(files, owner=owner, alts=alts) as images, transaction.atomic():
        mark_stored(images)
        return images
