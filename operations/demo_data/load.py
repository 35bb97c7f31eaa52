"""Loads generated data into the storage and the database."""

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from itertools import cycle, repeat
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.db import connection, transaction
from django.db.models import AutoField, Model
from psycopg.types.json import JsonbDumper

from accounts.models import Avatar, Block, Follow, Member
from comments.models import Comment, CommentMention
from libs.commands.progress_bar import ProgressBar
from libs.keyset.ids import RANDOM_BITS
from media.models import Image
from media.storage import image_files
from moderation.models import Decision, Report, ReportedImage
from notifications.models import Notification, NotificationActor
from operations.demo_data import DEMO_STAFF
from operations.demo_data.comments import comment_rows, generate_comments
from operations.demo_data.drawings import Drawing, store_drawings
from operations.demo_data.generate import SORA, DemoData, Relation, to_text
from operations.demo_data.mentions import generate_comment_mentions, generate_mention_rows, generate_post_mentions
from operations.demo_data.notifications import actor_relations, generate_notifications, notification_rows
from operations.demo_data.reports import decision_rows, generate_reports, report_image_rows, report_rows
from operations.demo_data.texts import ALTS, generate_identities, generate_texts
from posts.models import Heart, Post, PostCounts, PostImage, PostMention, PostTag, SavedPost
from posts.tags import find_keys

Rows = Iterable[tuple[Any, ...]]
# The fields whose values are generated; the others get their default.
FIELDS: dict[type[Model], str] = {
    Member: "id created_at changed_at terms_accepted_at terms_version password is_staff is_superuser "
    "email name nickname about",
    Block: "id created_at blocker blocked",
    Follow: "id created_at follower followed",
    Image: "id created_at stored_at variants_at owner key alt width height bytes blurhash",
    Avatar: "member image",
    Post: "id created_at author text image_count has_mentions",
    PostImage: "post image position",
    PostTag: "post key created_at",
    PostMention: "post member position",
    Heart: "id created_at owner post",
    SavedPost: "id created_at owner post",
    PostCounts: "post hearts comments changed_at",
    Comment: "id created_at author post parent text has_mentions",
    CommentMention: "comment member position",
    Notification: "id member kind post comment created_at latest_at",
    NotificationActor: "id created_at actor notification",
    Report: "id created_at reporter subject about post reason text state decided_at decision_id nickname "
    "subject_text subject_created_at",
    ReportedImage: "report image key alt position",
    Decision: "id created_at actor_id actor_name actor_kind action subject_kind subject_id reason is_notified "
    "subject_name member_id report_id before after",
}
# Multiplying by an odd number permutes the low bits of ids, so that they look random and are distinct.
ID_FACTOR = 2_654_435_761
PLACEHOLDER: Drawing = (640, 480, 10_234, "L:K1-4ozayog.Tofazj]Ehaej@bH")  # of images without a file


def load(data: DemoData, password: str, progress: ProgressBar, inserting: AbstractContextManager[None]) -> None:
    """Load everything or nothing, outside of any transaction; `inserting` is entered inside of it.

    Raises StorageUnavailable, and IntegrityError when rows are in the way.
    """
    keys = {image: key for image, key in enumerate(data.image_keys()) if image in data.images_with_files}
    try:
        drawn = dict(progress.track(store_drawings(keys, len(data.avatars), data.seed), "drawings", len(keys)))
        password_hash = make_password(password)
        with transaction.atomic():
            with inserting:
                for model, number, rows in _tables(data, password_hash, drawn):
                    _insert(model, progress.track(rows, str(model._meta.verbose_name_plural), number))
            _give_roles()
    except BaseException:
        image_files.delete_variants(keys.values())
        raise


def _give_roles() -> None:
    for email, _, _, role in DEMO_STAFF:
        Group.objects.get_or_create(name=role)[0].user_set.add(Member.objects.get(email=email))


def _tables(data: DemoData, password_hash: str, drawn: dict[int, Drawing]) -> Iterator[tuple[type[Model], int, Rows]]:
    """Generate each model with its number of rows and the rows."""
    members, posts, images = _ids(data.joined), _ids(data.posted), _ids(data.image_times)
    authors = array("q", (members[author] for author in data.authors))
    owners = array("q", [*(members[member] for member in data.avatars), *(authors[post] for post in data.post_images)])
    yield Member, len(members) + len(DEMO_STAFF), _member_rows(data, members, password_hash)
    for relation, pairs in ((Block, data.block_relations), (Follow, data.follow_relations)):
        yield relation, len(pairs), _relation_rows(pairs, members, members)
    yield Image, len(images), _image_rows(data, images, owners, drawn)
    yield Avatar, len(data.avatars), zip(owners, images[: len(data.avatars)], strict=False)
    mentions = generate_post_mentions(data)
    is_mentioning = (post in mentions for post in range(data.posts))
    columns = posts, map(to_text, data.posted), authors, generate_texts(data), data.image_counts, is_mentioning
    yield Post, len(posts), zip(*columns, strict=True)
    positions = (position for count in data.image_counts for position in range(count))
    in_posts = [posts[post] for post in data.post_images]
    yield PostImage, len(in_posts), zip(in_posts, images[len(data.avatars) :], positions, strict=True)
    tags = list(_tag_rows(data, posts))
    yield PostTag, len(tags), tags
    yield PostMention, sum(map(len, mentions.values())), generate_mention_rows(mentions, posts, members)
    yield from _mark_tables(data, members, posts)
    reports = generate_reports(data)
    ids = _ids(report.time for report in reports)
    decisions = _ids(report.time if report.decided is None else report.decided for report in reports)
    yield Report, len(reports), report_rows(data, reports, ids, decisions, members, posts)
    copies = list(report_image_rows(data, reports, ids, images))
    yield ReportedImage, len(copies), copies
    decided = list(decision_rows(data, reports, ids, decisions, members))
    yield Decision, len(decided), decided


def _tag_rows(data: DemoData, posts: Sequence[int]) -> Iterator[tuple[Any, ...]]:
    for post, time, text in zip(posts, data.posted, generate_texts(data), strict=True):
        yield from ((post, key, to_text(time)) for key in find_keys(text))


def _mark_tables(
    data: DemoData, members: Sequence[int], posts: Sequence[int]
) -> Iterator[tuple[type[Model], int, Rows]]:
    """Generate hearts, comments, their counts and notifications; one heart in ten is for a saved post, too."""
    hearts = data.heart_relations
    for model, marks in ((Heart, hearts), (SavedPost, hearts[::10])):
        yield model, len(marks), _relation_rows(marks, members, posts)
    comments = generate_comments(data)
    ids = _ids(comment.time for comment in comments)
    mentions = generate_comment_mentions(data, comments)
    yield Comment, len(comments), comment_rows(comments, ids, members, posts, mentions)
    yield CommentMention, sum(map(len, mentions.values())), generate_mention_rows(mentions, ids, members)
    given, written = Counter(post for _, _, post in hearts), Counter(comment.post for comment in comments)
    counted, end = sorted({*given, *written}), to_text(data.end)
    yield PostCounts, len(counted), ((posts[post], given[post], written[post], end) for post in counted)
    notifications = generate_notifications(data, comments)
    notified = _ids(each.actors[0][0] for each in notifications)
    yield Notification, len(notified), notification_rows(notifications, notified, members, posts, ids)
    actors = actor_relations(notifications)
    yield NotificationActor, len(actors), _relation_rows(actors, members, notified)


def _ids(times: Iterable[int]) -> Sequence[int]:
    """Return ids in the format of libs.keyset.ids."""
    return array("q", (time << RANDOM_BITS | index * ID_FACTOR % 2**RANDOM_BITS for index, time in enumerate(times)))


def _member_rows(data: DemoData, ids: Sequence[int], password_hash: str) -> Rows:
    identities = generate_identities(data)
    for id_, time, identity in zip(ids, map(to_text, data.joined), identities, strict=True):
        is_moderator = id_ == ids[SORA]
        yield id_, time, time, time, settings.TERMS_VERSION, password_hash, is_moderator, is_moderator, *identity
    # The others of the staff are no superusers, and publish nothing.
    time = to_text(data.end)
    for id_, (email, name, nickname, _) in zip(_ids(repeat(data.end, len(DEMO_STAFF))), DEMO_STAFF, strict=True):
        yield id_, time, time, time, settings.TERMS_VERSION, password_hash, True, False, email, name, nickname, ""


def _relation_rows(relations: list[Relation], members: Sequence[int], targets: Sequence[int]) -> Rows:
    for id_, (time, source, target) in zip(_ids(time for time, *_ in relations), relations, strict=True):
        yield id_, to_text(time), members[source], targets[target]


def _image_rows(data: DemoData, ids: Sequence[int], owners: Sequence[int], drawn: dict[int, Drawing]) -> Rows:
    columns = zip(ids, map(to_text, data.image_times), owners, data.image_keys(), cycle(ALTS))
    for image, (id_, time, *others) in enumerate(columns):
        yield id_, time, time, time, *others, *drawn.get(image, PLACEHOLDER)


def _insert(model: type[Model], rows: Rows) -> None:
    """Insert without `save` and signals; PostgreSQL gets the rows by COPY, which costs a fraction of INSERT."""
    others = {field.name: field for field in model._meta.local_fields if not isinstance(field, AutoField)}
    generated = [others.pop(name) for name in FIELDS[model].split()]
    defaults, fields = tuple(field.get_default() for field in others.values()), [*generated, *others.values()]
    quote = connection.ops.quote_name
    table = f"{quote(model._meta.db_table)} ({', '.join(quote(str(field.column)) for field in fields)})"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.adapters.register_dumper(dict, JsonbDumper)
            with connection.wrap_database_errors, cursor.copy(f"COPY {table} FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row + defaults)
            return
        cursor.executemany(
            f"INSERT INTO {table} VALUES ({', '.join(['%s'] * len(fields))})",  # noqa: S608 - names of our models
            [[f.get_db_prep_save(v, connection) for f, v in zip(fields, row + defaults, strict=True)] for row in rows],
        )
