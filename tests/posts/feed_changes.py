"""The changes of a story (tests.posts.feed_story): what each does, and whose pages it concerns.

Those of members are requests to a server. Those of moderators and jobs have no API, so the test makes them by the
models, as another process does.
"""

from collections.abc import Callable, Collection
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from accounts.erasure import start_erasure
from accounts.models import Avatar, Follow, Member
from comments.models import Comment
from libs.outbox.worker import Worker
from media.models import Image
from posts.models import Post
from tests.factories import PASSWORD, store_images, upload
from tests.posts.feed_servers import FeedServer, Reader
from tests.posts.feed_story import FeedStory

Readers = list[Reader] | None


def publish(story: FeedStory, server: FeedServer) -> Readers:
    reader = story.random.choice(story.active())
    images = [str(unused_image(story, reader).pk) for _ in range(story.random.choice([0, 0, 0, 0, 0, 1, 2]))]
    reader.send(server, "POST", "posts", text=story.text(), image_ids=images, mentions=mentions(story, reader))
    return [reader]


def mentions(story: FeedStory, reader: Reader) -> list[str]:
    """The ids of some members whom the reader sees, often of nobody."""
    visible = list(Member.objects.visible_to(reader.member).values_list("pk", flat=True))
    number = story.random.choice([0, 0, 1, 2, 3])
    return [str(pk) for pk in story.random.sample(visible, min(number, len(visible)))]


def unused_image(story: FeedStory, reader: Reader) -> Image:
    """A new image of the member that nothing shows; a job will make its smaller variants."""
    (image,) = store_images([upload(size=(8, 6))], owner=reader.member, alts=[story.text()])
    return image


def edit(story: FeedStory, server: FeedServer) -> Readers:
    reader, post = story.own_post()
    if post:
        named = {"mentions": mentions(story, reader)} if story.random.random() < 0.5 else {}
        reader.send(server, "PATCH", f"posts/{post.pk}", text=story.text(), **named)
    return [reader]


def delete(story: FeedStory, server: FeedServer) -> Readers:
    reader, post = story.own_post()
    if post:
        reader.send(server, "DELETE", f"posts/{post.pk}")
    return [reader]


def delete_all(story: FeedStory, server: FeedServer) -> Readers:
    reader = story.random.choice(story.active())
    reader.send(server, "POST", "me/posts/deletion", password=PASSWORD)
    return [reader]


def rename(story: FeedStory, server: FeedServer) -> Readers:
    reader = story.random.choice(story.active())
    reader.send(server, "PATCH", "me", nickname=story.text())
    return [reader]


def set_avatar(story: FeedStory, server: FeedServer) -> Readers:
    reader = story.random.choice(story.active())
    reader.send(server, "PUT", "me/avatar", image_id=str(unused_image(story, reader).pk))
    return [reader]


def delete_avatar(story: FeedStory, server: FeedServer) -> Readers:
    with_avatar = [reader for reader in story.active() if Avatar.objects.filter(member=reader.member).exists()]
    reader: Reader = story.any(with_avatar) or story.random.choice(story.active())
    reader.send(server, "DELETE", "me/avatar")
    return [reader]


def describe_image(story: FeedStory, server: FeedServer) -> Readers:
    reader = story.random.choice(story.active())
    if image := story.any(Image.objects.public().filter(owner=reader.member)):
        reader.send(server, "PATCH", f"images/{image.pk}", alt=story.text())
    return [reader]


def follow(story: FeedStory, server: FeedServer) -> Readers:
    one, other = story.two()
    is_visible = Member.objects.visible_to(one.member).filter(pk=other.member.pk).exists()
    response = one.request(server, "PUT", f"follows/{other.member.pk}")
    assert response.status_code == (204 if is_visible else 404), response.text
    return [one, other]


def unfollow(story: FeedStory, server: FeedServer) -> Readers:
    one, followed = story.random.choice(story.active()), Follow.objects.values("followed_id")
    visible = Member.objects.visible_to(one.member).filter(pk__in=followed.filter(follower=one.member))
    if other := story.any(visible):
        one.send(server, "DELETE", f"follows/{other.pk}")
    return [one, *(reader for reader in story.readers if reader.member == other)]


def block(story: FeedStory, server: FeedServer) -> Readers:
    one, other = story.two()
    one.send(server, "PUT", f"blocks/{other.member.pk}")
    return [one, other]


def unblock(story: FeedStory, server: FeedServer) -> Readers:
    one = story.random.choice(story.active())
    if blocked := story.any(one.member.blocks_made.values_list("blocked_id", flat=True)):
        one.send(server, "DELETE", f"blocks/{blocked}")
    return [one]


def mute(story: FeedStory, server: FeedServer) -> Readers:
    one, other = story.two()
    is_visible = Member.objects.visible_to(one.member).filter(pk=other.member.pk).exists()
    response = one.request(server, "PUT", f"mutes/{other.member.pk}")
    assert response.status_code == (204 if is_visible else 404), response.text
    return [one, other]


def unmute(story: FeedStory, server: FeedServer) -> Readers:
    one = story.random.choice(story.active())
    if muted := story.any(one.member.mutes_made.values_list("muted_id", flat=True)):
        one.send(server, "DELETE", f"mutes/{muted}")
    return [one]


def mark(story: FeedStory, server: FeedServer) -> Readers:
    one = story.random.choice(story.active())
    if post := story.any(Post.objects.visible_to(one.member)):
        method, kind = story.random.choice(["PUT", "PUT", "DELETE"]), story.random.choice(["hearts", "hearts", "saved"])
        one.send(server, method, f"{kind}/{post.pk}")
    return None


def comment(story: FeedStory, server: FeedServer) -> Readers:
    one = story.random.choice(story.active())
    if post := story.any(Post.objects.visible_to(one.member).filter(comments_closed=False)):
        one.send(server, "POST", f"posts/{post.pk}/comments", text=story.text())
    return None


def uncomment(story: FeedStory, server: FeedServer) -> Readers:
    one = story.random.choice(story.active())
    if found := story.any(Comment.objects.visible_to(one.member).filter(author=one.member)):
        one.send(server, "DELETE", f"comments/{found.pk}")
    return None


def close_comments(story: FeedStory, server: FeedServer) -> Readers:
    reader, post = story.own_post()
    if post:
        reader.send(server, story.random.choice(["PUT", "DELETE"]), f"posts/{post.pk}/comments/closure")
    return [reader]


def withdraw(story: FeedStory, server: FeedServer) -> Readers:
    if len(story.active()) > 4:
        story.random.choice(story.active()).send(server, "POST", "me/withdrawal", password=PASSWORD)
    return None


def cancel_withdrawal(story: FeedStory, server: FeedServer) -> Readers:
    state = {"withdrawn_at__isnull": False, "erasure_started_at": None, "suspended_until": None}
    reader = story.in_state(**state)
    if reader:
        credentials = {"email": reader.member.email, "password": PASSWORD}
        reader.use(reader.send(server, "POST", "sessions", **credentials)["access"])
    return [reader] if reader else None


def remove(story: FeedStory) -> Readers:
    if post := story.any(Post.objects.published()):
        post.remove()
    return None


def restore(story: FeedStory) -> Readers:
    if post := story.any(Post.objects.exclude(removed_at=None)):
        post.restore()
    return None


def suspend(story: FeedStory) -> Readers:
    if len(story.active()) > 4:
        reader = story.random.choice(story.active())
        Member.objects.get(pk=reader.member.pk).suspend(timezone.now() + timedelta(hours=1))
    return None


def lift(story: FeedStory) -> Readers:
    reader = story.in_state(suspended_until__isnull=False, erasure_started_at=None)
    if reader:
        Member.objects.get(pk=reader.member.pk).lift()
    return None


def erase(story: FeedStory) -> Readers:
    """Erase a member, whose place somebody else takes."""
    if len(story.active()) > 4:
        erased = story.random.choice(story.active())
        with transaction.atomic():
            start_erasure(Member.objects.select_for_update().get(pk=erased.member.pk))
    return None


def run_jobs(story: FeedStory) -> Readers:
    """Run what waits in the outbox: variants of images, deletions, erasures; new members replace who is gone."""
    Worker().drain()
    ids = set(Member.objects.values_list("pk", flat=True))
    for number, reader in enumerate(story.readers):
        if reader.member.pk not in ids:
            story.readers[number] = Reader.sign_up(nickname=story.text())
    return None


Change = Callable[..., Readers]
# By how often each happens.
BY_MEMBERS: dict[Change, int] = {
    publish: 30, edit: 8, delete: 5, delete_all: 1, rename: 3, set_avatar: 3, delete_avatar: 2, describe_image: 2,
    follow: 8, unfollow: 4, block: 6, unblock: 5, mute: 4, unmute: 4, mark: 15, comment: 8,
    uncomment: 4, close_comments: 4, withdraw: 2, cancel_withdrawal: 2,
}  # fmt: skip
BY_OTHERS: dict[Change, int] = {remove: 5, restore: 4, suspend: 3, lift: 3, erase: 1, run_jobs: 3}
EVERYTHING = {**BY_MEMBERS, **BY_OTHERS}
# These cannot be part of a transaction.
AT_ONCE = (run_jobs,)


def play(story: FeedStory, steps: int, weights: dict[Change, int] = EVERYTHING) -> None:
    """Do so many random things, and check pages after each."""
    changes = [change for change, weight in weights.items() for _ in range(weight)]
    for step in range(steps):
        change = story.random.choice(changes)
        writer = story.random.choice(story.servers) if change in BY_MEMBERS else None
        story.make(change, writer, may_be_slow=change not in AT_ONCE)
        if step % 25 == 24:
            story.walk()


def play_each(story: FeedStory, changes: Collection[Change] = BY_MEMBERS) -> None:
    """Do all of it once, in any order, and check pages after each."""
    for change in story.random.sample(list(changes), len(changes)):
        story.make(change, story.random.choice(story.servers) if change in BY_MEMBERS else None)
