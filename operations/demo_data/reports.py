"""Generates reports of posts and members, most of them about few subjects, and decisions.

The newest are still open. Each of the others has a decision: it was dismissed, or its author was warned.
"""

from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import Any, NamedTuple

from moderation.actors import Actor
from moderation.models import Report
from moderation.models.decision import NAME_MAX_LENGTH
from operations.demo_data.generate import SORA, DemoData, to_text
from operations.demo_data.texts import ALTS, generate_identities, generate_texts

HOUR = 3_600_000  # milliseconds
DECIDED_AFTER = 6 * HOUR
MEMBER_SHARE, MEAN_AGE_HOURS = 0.15, 24
REASONS = {
    "spam": (30, ["같은 광고를 오늘만 다섯 번 봤어요.", "The same advertisement, five times today.", ""]),
    "harassment": (18, ["제 친구에게 계속 욕을 해요.", "He writes this under every post of mine.", ""]),
    "hate": (8, ["특정 지역 사람들을 비하합니다.", "This is about people like me.", ""]),
    "nudity": (10, ["아이와 함께 보는데 이런 사진이 나와요.", ""]),
    "violence": (5, ["This is a threat.", "협박처럼 보입니다."]),
    "self_harm": (3, ["걱정돼서 신고합니다. 도와줄 수 있을까요?"]),
    "child_safety": (4, ["교복을 입은 아이 사진이에요. 꼭 확인해 주세요."]),
    "impersonation": (6, ["제 사진을 가져가서 저인 척해요.", "This is not her account."]),
    "other": (4, ["제 전화번호가 나와요. 지워 주세요."]),
}


class DemoReport(NamedTuple):
    """A report by the numbers of its members and its post; `post` is None for a report of the member."""

    time: int
    reporter: int
    subject: int
    post: int | None
    reason: str
    text: str
    state: str
    decided: int | None


def generate_reports(data: DemoData) -> list[DemoReport]:
    """Generate the reports, oldest first; nobody reports themselves, or the same subject twice."""
    rng, seen = data.random("reports"), set[tuple[int, int | None, int]]()
    made: list[DemoReport] = []
    possible = min(data.reports, data.posts * (data.members - 1) // 4)
    open_from = possible - data.open_reports
    while len(made) < possible:
        post = data.posts - 1 - int(data.posts * rng.random() ** 3)
        subject = data.authors[post]
        # The moderator of the demo data decides nothing about herself.
        is_open = len(made) >= open_from or subject == SORA
        about = None if rng.random() < MEMBER_SHARE else post
        age = rng.expovariate(1 / MEAN_AGE_HOURS) + (0 if is_open else 24 + 8_000 * rng.random())
        (reason,) = rng.choices([*REASONS], [weight for weight, _ in REASONS.values()])
        for _ in range(min(possible - len(made), rng.choice([1, 1, 1, 2, 2, 4]))):
            reporter = rng.randrange(data.members)
            if reporter in (subject, SORA) or (reporter, about, subject) in seen:
                continue
            seen.add((reporter, about, subject))
            time = max(data.posted[post], data.joined[reporter], data.end - int(age * HOUR * (0.5 + rng.random() / 2)))
            state = Report.OPEN if is_open else rng.choice([Report.DISMISSED, Report.UPHELD])
            decided = None if is_open else min(time + DECIDED_AFTER, data.end)
            text = rng.choice(REASONS[reason][1])
            made.append(DemoReport(time, reporter, subject, about, reason, text, state, decided))
    return sorted(made, key=lambda report: report.time)


def report_rows(
    data: DemoData,
    reports: Sequence[DemoReport],
    ids: Sequence[int],
    decisions: Sequence[int],
    members: Sequence[int],
    posts: Sequence[int],
) -> Iterator[tuple[Any, ...]]:
    """Generate the rows of the reports, with the snapshots of what they are about; `decisions` has an id for each."""
    wanted = {report.post for report in reports}
    texts = {number: text for number, text in enumerate(generate_texts(data)) if number in wanted}
    people = [(nickname, about) for _, _, nickname, about in generate_identities(data)]
    for pk, decision, report in zip(ids, decisions, reports, strict=True):
        post, (nickname, about) = report.post, people[report.subject]
        what = (Report.MEMBER, None, about, data.joined[report.subject])
        if post is not None:
            what = (Report.POST, posts[post], texts[post], data.posted[post])  # type: ignore[assignment]
        kind, post_id, text, since = what
        decided = (None, None) if report.decided is None else (to_text(report.decided), decision)
        people_ids = members[report.reporter], members[report.subject]
        row = (report.reason, report.text, report.state, *decided, nickname, text, to_text(since))
        yield pk, to_text(report.time), *people_ids, kind, post_id, *row


def decision_rows(
    data: DemoData, reports: Sequence[DemoReport], ids: Sequence[int], decisions: Sequence[int], members: Sequence[int]
) -> Iterator[tuple[Any, ...]]:
    """Generate the decision of each closed report, which the moderator of the demo data has taken."""
    nicknames = [nickname for _, _, nickname, _ in generate_identities(data)]
    for report_id, pk, report in zip(ids, decisions, reports, strict=True):
        if report.decided is None:
            continue
        member, nickname = members[report.subject], nicknames[report.subject][:NAME_MAX_LENGTH]
        what = ("dismiss_report", "report", report_id, "no_violation", False)
        because, effect = None, ({"state": Report.OPEN}, {"state": report.state})
        if report.state == Report.UPHELD:
            what, because, effect = ("warn_member", "member", member, report.reason, True), report_id, ({}, {})
        actor = (members[SORA], nicknames[SORA], Actor.STAFF)
        yield pk, to_text(report.decided), *actor, *what, nickname, member, because, *effect


def report_image_rows(
    data: DemoData, reports: Sequence[DemoReport], ids: Sequence[int], images: Sequence[int]
) -> Iterator[tuple[Any, ...]]:
    """Generate the images of open reports, which still refer to the originals, each with a key of its own."""
    rng, ends = data.random("reported images"), [*accumulate(data.image_counts)]
    first = len(data.avatars)
    for pk, report in zip(ids, reports, strict=True):
        if report.post is None or report.state != Report.OPEN:
            continue
        for position in range(data.image_counts[report.post]):
            number = first + ends[report.post] - data.image_counts[report.post] + position
            yield pk, images[number], f"reports/demo/{rng.getrandbits(128):032x}", ALTS[number % len(ALTS)], position
