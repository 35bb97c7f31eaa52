"""Measures the pages of the admin."""

import os
import statistics
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.contrib.auth.models import Group
from django.db import connection, transaction
from django.db.models import Count
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Member
from comments.models import Comment
from libs.outbox.models import Job
from media.models import Image
from moderation.models import Appeal, Decision, ListedWord, Report
from moderation.ranks import OPERATOR, SENIOR_MODERATOR
from moderation.reporting import report_comment
from posts.models import Post

ROUNDS, APPEALS, WORDS, JOBS, COMMENT_REPORTS = 5, 2_000, 500, 100_000, 200
TICKS = os.sysconf("SC_CLK_TCK")
Page = tuple[str, str]


def main() -> None:
    """Print the table in Markdown."""
    with connection.cursor() as cursor, transaction.atomic():
        fill()
        cursor.execute("ANALYZE")
        print("| page | statements | ms | CPU ms |\n| --- | ---: | ---: | ---: |")
        measure_all()
        transaction.set_rollback(True)


def fill() -> None:
    """Add appeals, reports of a reply, words and jobs in all states."""
    report_reply()
    warned = Decision.objects.filter(action="warn_member", member_id__isnull=False)[:APPEALS]
    Appeal.objects.bulk_create(
        Appeal(member_id=decision.member_id or 0, decision_id=decision.pk, text="I object. " * 20)
        for decision in warned
    )
    ListedWord.objects.bulk_create(ListedWord(text=f"word {number}", reaction="report") for number in range(WORDS))
    with connection.cursor() as cursor:
        # Nine of ten are done, and of the others half wait and half have failed for good.
        cursor.execute(
            "INSERT INTO outbox_job (kind, payload, created_at, run_at, attempts, done_at, dead_at, last_error) "
            "SELECT 'accounts.mail_event', '{}', now(), now(), 1, CASE WHEN n %% 10 > 0 THEN now() END, "
            "CASE WHEN n %% 20 = 0 THEN now() END, CASE WHEN n %% 20 = 0 THEN 'refused' ELSE '' END "
            "FROM generate_series(1, %s) n",
            [JOBS],
        )


def report_reply() -> None:
    """Have many members report one and the same reply."""
    reply = Comment.objects.filter(parent__isnull=False, author__isnull=False, removed_at=None).latest("id")
    others = Member.objects.exclude(pk=reply.author_id).order_by("-id")[:COMMENT_REPORTS]
    for reporter in others:
        report_comment(reporter, reply.pk, reason="spam", text="The same advertisement.")


def measure_all() -> None:
    """Print a row for each page."""
    moderator, operator = Client(), Client()
    moderator.force_login(staff_member(SENIOR_MODERATOR))
    operator.force_login(staff_member(OPERATOR))
    for browser, pages in ((moderator, moderators_pages()), (operator, operators_pages())):
        for name, url in pages:
            print(row(browser, name, url), flush=True)


def staff_member(role: str) -> Any:
    """Return a new member of the staff with a role."""
    member = Member.objects.create(email=f"{role}@heart.example", name=role, nickname=role, is_staff=True)
    member.groups.add(Group.objects.get(name=role))
    return member


def row(browser: Any, name: str, url: str) -> str:
    """Measure a page and return its row."""

    with CaptureQueriesContext(connection) as queries:
        response = browser.get(url)
    if response.status_code != 200:
        raise RuntimeError(f"{url}: {response.status_code}")
    # Later requests empty the log.
    statements, seconds, spent = len(queries), [], cpu_seconds()
    for _ in range(ROUNDS):
        began = time.perf_counter()
        browser.get(url)
        seconds.append(time.perf_counter() - began)
    spent = (cpu_seconds() - spent) / ROUNDS
    return f"| {name} | {statements} | {statistics.median(seconds) * 1000:.0f} | {spent * 1000:.0f} |"


def cpu_seconds() -> float:
    """Return the processor time of this process and of the connection's process in PostgreSQL, if it is here."""

    with suppress(OSError), connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        words = Path(f"/proc/{cursor.fetchone()[0]}/stat").read_text().rpartition(")")[2].split()
        return time.process_time() + (int(words[11]) + int(words[12])) / TICKS
    return time.process_time()


def of(model: Any, column: str, **states: Any) -> Any:
    """Return the value of a column that most rows have."""

    found = model.objects.filter(**{f"{column}__isnull": False}, **states).order_by().values(column)
    return found.annotate(number=Count("pk")).order_by("-number", column).values_list(column, flat=True)[0]


def address(model: Any, page: str = "changelist", *args: Any) -> str:
    """Return the address of a page of the admin."""

    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def moderators_pages() -> Iterator[Page]:
    """Generate each page of a moderator with its address."""
    yield from (("queue", "/admin/"), ("queue, mine", "/admin/?mine=1"))
    newest, member, author = Report.objects.latest("id"), of(Report, "subject_id", state="open"), of(Post, "author_id")
    post, comment = of(Report, "post_id", state="open"), of(Report, "comment_id", state="open")
    queries = {
        Report: ("", "state=open", "state=dismissed&reason=child_safety", "about=member", "p=190"),
        Decision: ("", "action_name=warn_member", "action_name=undo", f"q={member}", "p=99"),
        Post: ("", "p=100", f"q={author}", "q=light", "q=the neighbours", "q=한강", "q=call a stranger", "q=nowhere"),
        Comment: ("", "p=100", f"q={author}", f"q={of(Comment, 'post_id')}", "q=nowhere"),
        Member: ("", "is_staff__exact=1", "q=고양", "q=여우", "q=member77@heart.example", "q=nobody", "p=100"),
        Image: ("", "p=100", f"q={author}", "q=images/2026/11/none"),
        Appeal: ("", "state=open", "state=denied", f"q={member}"),
        ListedWord: ("", "reaction=report", "q=word"),
    }
    queries[Report] += (f"q={newest.pk}", f"q={member}", f"q={newest.nickname}", "q=nobody")
    for model, all_queries in queries.items():
        for query in all_queries:
            yield (
                f"{model._meta.verbose_name_plural}{query and ', '}`{query}`".removesuffix("``"),
                f"{address(model)}?{query}",
            )
    case = Report.objects.open().filter(post=post).latest("id").pk
    yield "case with most reports", address(Report, "change", case)
    about = Report.objects.open().filter(about="member", subject=member).latest("id").pk
    yield "case of the most reported member", address(Report, "change", about)
    said = Report.objects.open().filter(comment=comment).latest("id").pk
    yield "case of the most reported comment", address(Report, "change", said)
    yield "post with most reports", address(Post, "change", post)
    yield "comment with most reports", address(Comment, "change", comment)
    yield "most reported member", address(Member, "change", member)
    yield "member with most posts", address(Member, "change", author)
    yield "member who reports most", address(Member, "change", of(Report, "reporter_id"))
    yield "decision", address(Decision, "change", Decision.objects.latest("id").pk)
    yield "appeal", address(Appeal, "change", Appeal.objects.latest("id").pk)
    yield "image", address(Image, "change", Image.objects.latest("id").pk)
    yield "word", address(ListedWord, "change", ListedWord.objects.latest("id").pk)
    for name, pk in (
        ("dismiss_report", case),
        ("remove_post", post),
        ("warn_member", member),
        ("remove_comment", comment),
    ):
        yield f"page of `{name}`", reverse("admin:moderation_decision_act", args=[name, pk])
    chosen = "&".join(f"report={pk}" for pk in Report.objects.open().order_by("-id").values_list("id", flat=True)[:50])
    yield (
        "page of `dismiss_report` for 50",
        reverse("admin:moderation_report_many") + f"?action=dismiss_report&{chosen}",
    )
    for page in ("add_word", "rules", "test"):
        yield f"words, {page}", reverse(f"admin:moderation_words_{page}")


def operators_pages() -> Iterator[Page]:
    """Generate each page of an operator that a moderator has not."""

    for query in ("", "state=waiting", "state=due", "state=unknown", "state=abandoned", "state=dead", "p=99"):
        yield f"jobs{query and ', '}`{query}`".removesuffix("``"), f"{address(Job)}?{query}"
    yield "jobs, `kind=media.delete_files`", f"{address(Job)}?kind=media.delete_files"
    yield "job", address(Job, "change", Job.objects.latest("id").pk)
