"""Generates comments and replies, most of them on few posts; the newest posts have most."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from operations.demo_data.generate import DemoData, to_text
from operations.demo_data.mentions import Mentions

# How unequal posts are in comments: 1 is equal.
COMMENTS_EXPONENT = 4.0
REPLY_SHARE = 0.35
KOREAN = [
    "너무 예뻐요!", "여기 어디예요?", "저도 어제 다녀왔어요 ☺️", "덕분에 웃었어요 ㅎㅎ",
    "사진 색감이 정말 좋네요.",
    "오늘 하루도 수고했어요.", "다음엔 같이 가요!", "보고 싶었어요 🥲", "와, 대단하다.",
    "맞아요, 저도 그렇게 생각해요.",
]  # fmt: skip
ENGLISH = [
    "Lovely light!", "Where is this?", "I was there last week, too.", "This made my day.", "Say hello from me 👋",
    "I know that feeling.", "Next time I will come along.", "Same here!", "How long did that take?", "So true.",
]  # fmt: skip


class DemoComment(NamedTuple):
    """A comment by the numbers of its author and its post; `parent` is the number of the comment it replies to."""

    time: int
    author: int
    post: int
    parent: int | None
    text: str


def generate_comments(data: DemoData) -> list[DemoComment]:
    """Generate the comments, each reply after what it replies to; nobody comments across a block."""
    rng, made, tops = data.random("comments"), list[DemoComment](), list[int]()
    while len(made) < data.comments and data.posts:
        parent = rng.choice(tops) if tops and rng.random() < REPLY_SHARE else None
        post = data.posts - 1 - int(data.posts * rng.random() ** COMMENTS_EXPONENT)
        since = data.posted[post]
        if parent is not None:
            post, since = made[parent].post, made[parent].time
        # One in four is of the author of the post, who answers.
        author = data.authors[post] if rng.random() < 0.25 else int(data.members * rng.random() ** 1.5)
        if (author, data.authors[post]) in data.blocked_pairs:
            continue
        start = max(since, data.joined[author])
        if parent is None:
            tops.append(len(made))
        # Most are written soon after.
        time = start + int((data.end - start) * rng.random() ** 6)
        made.append(DemoComment(time, author, post, parent, rng.choice(ENGLISH if author % 3 == 2 else KOREAN)))
    return made


def comment_rows(
    comments: Sequence[DemoComment],
    ids: Sequence[int],
    members: Sequence[int],
    posts: Sequence[int],
    mentions: Mentions,
) -> Iterator[tuple[Any, ...]]:
    """Generate the rows of the comments; `mentions` are theirs."""
    for number, (pk, comment) in enumerate(zip(ids, comments, strict=True)):
        parent = None if comment.parent is None else ids[comment.parent]
        places = members[comment.author], posts[comment.post], parent
        yield pk, to_text(comment.time), *places, comment.text, number in mentions
