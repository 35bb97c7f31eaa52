"""From a plan to a town: files first, then every row in one transaction."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import models, transaction

from accounts.models import Avatar, Block, Follow, Member
from media.models import Image
from operations.demo_data import relations
from operations.demo_data.drawings import NEVER_DRAWN, Drawing, draw_all, taken_down_on_failure
from operations.demo_data.people import SORA, People, settle
from operations.demo_data.pictures import Pictures
from operations.demo_data.plan import Plan, as_time
from operations.demo_data.relations import Relation
from operations.demo_data.rows import be_patient, put
from operations.demo_data.texts import texts
from operations.demo_data.walls import taken_down
from operations.demo_data.words import ALTS
from operations.demo_data.writing import Writing, write
from operations.progress_bar import ProgressBar
from posts.models import Post, PostImage

TABLES: list[type[models.Model]] = [Member, Image, Avatar, Block, Follow, Post, PostImage]
Rows = Iterator[tuple[Any, ...]]


def build(plan: Plan, password: str, progress: ProgressBar) -> None:
    """Build the planned town, or nothing; its members sign in with the password. Outside of any transaction.

    All share one hash of the password, for a hash is made to take long. Raises StorageUnavailable, or IntegrityError
    where somebody lives already.
    """
    people = settle(plan)
    writing = write(plan, people, progress)
    pictures = Pictures(plan, people, writing)
    keys = {number: pictures.key(number) for number in pictures.drawn()}
    with taken_down_on_failure(keys.values()):
        drawing = draw_all(keys.items(), len(people.with_avatar), plan.seed)
        drawings = dict(progress.track(drawing, "drawings", len(keys)))
        with transaction.atomic():
            be_patient()
            with taken_down(TABLES, progress):
                _move_in(plan, people, password, progress)
                _hang(pictures, drawings, progress)
                _publish(plan, people, writing, pictures, progress)


def _move_in(plan: Plan, people: People, password: str, progress: ProgressBar) -> None:
    """Members, and who they are to each other."""
    columns = ["id", "email", "name", "nickname", "about", "password", "created_at", "changed_at"]
    columns += ["terms_version", "terms_accepted_at", "is_staff", "is_superuser"]
    put(Member, columns, progress.track(_members(people, make_password(password)), "members", plan.members))
    blocks = relations.blocks(plan, people)
    put(Block, ["id", "created_at", "blocker", "blocked"], _relations(plan, people, blocks, "blocks", progress))
    follows = relations.follows(plan, people, blocks)
    put(Follow, ["id", "created_at", "follower", "followed"], _relations(plan, people, follows, "follows", progress))


def _members(people: People, password: str) -> Rows:
    for place, person in enumerate(people.all):
        joined, moderates = as_time(person.joined), place == SORA
        words = (person.id, person.email, person.name, person.nickname, person.about, password)
        yield *words, joined, joined, settings.TERMS_VERSION, joined, moderates, moderates


def _relations(plan: Plan, people: People, found: list[Relation], name: str, progress: ProgressBar) -> Rows:
    ids = plan.ids(name, (relation.since for relation in found))
    for id_, (since, one, other) in progress.track(zip(ids, found, strict=True), name, len(found)):
        yield id_, as_time(since), people.all[one].id, people.all[other].id


def _hang(pictures: Pictures, drawings: dict[int, Drawing], progress: ProgressBar) -> None:
    """Every picture, and the avatars."""
    columns = ["id", "owner", "key", "alt", "created_at", "stored_at", "variants_at"]
    columns += ["width", "height", "bytes", "blurhash"]
    put(Image, columns, progress.track(_images(pictures, drawings), "pictures", len(pictures)))
    members = pictures.people.all
    avatars = zip(pictures.people.with_avatar, pictures.ids, strict=False)
    put(Avatar, ["member", "image"], ((members[place].id, image) for place, image in avatars))


def _images(pictures: Pictures, drawings: dict[int, Drawing]) -> Rows:
    """Pictures that were not drawn say of themselves what one that was drawn says."""
    known, members = list(drawings.values()) or [NEVER_DRAWN], pictures.people.all
    for number, id_ in enumerate(pictures.ids):
        seen = drawings.get(number) or known[number % len(known)]
        came, alt = as_time(pictures.moment(number)), ALTS[number % len(ALTS)]
        yield id_, members[pictures.owner(number)].id, pictures.key(number), alt, came, came, came, *seen


def _publish(plan: Plan, people: People, writing: Writing, pictures: Pictures, progress: ProgressBar) -> None:
    """Posts, and the pictures they show."""
    columns = ["id", "created_at", "author", "text", "image_count"]
    put(Post, columns, progress.track(_posts(plan, people, writing), "posts", plan.posts))
    shown = progress.track(pictures.places(), "pictures in posts", len(pictures.posts))
    put(PostImage, ["post", "image", "position"], shown)


def _posts(plan: Plan, people: People, writing: Writing) -> Rows:
    columns = zip(writing.ids, writing.moments, writing.authors, writing.pictures, strict=True)
    for text, (id_, moment, author, count) in zip(texts(plan, writing.authors), columns, strict=True):
        yield id_, as_time(moment), people.all[author].id, text, count
