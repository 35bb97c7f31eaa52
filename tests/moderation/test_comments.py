"""Comments in moderation: reported, decided about like posts, and found by the list of words."""

from collections.abc import Callable

import pytest
from django.core.mail import EmailMultiAlternatives
from django.test import Client

from accounts.models import Member
from comments.models import Comment
from moderation.actions import get_action
from moderation.actions.undo import undo
from moderation.errors import AlreadyDecided, CannotUndo, RankTooLow, SubjectGone
from moderation.models import Decision, Report
from moderation.reporting import report_comment
from tests.accounts.phone import Phone, code_of
from tests.factories import CommentFactory, MemberFactory
from tests.moderation.staff import staff_member

pytestmark = pytest.mark.django_db
REMOVE, RESTORE = get_action("remove_comment"), get_action("restore_comment")


@pytest.fixture
def comment(mina: Member) -> Comment:
    """Mina's, on somebody's post."""
    return CommentFactory.create(author=mina, text="Buy watches!")


@pytest.fixture
def report(comment: Comment) -> Report:
    return report_comment(MemberFactory.create(), comment.pk, reason="spam", text="Again.")[0]


def test_a_report_keeps_what_the_comment_said(comment: Comment, jun: Member) -> None:
    phone = Phone.of(jun)
    first = phone.post("reports", comment_id=str(comment.pk), reason="spam")
    again = phone.post("reports", comment_id=str(comment.pk), reason="hate")
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert (first.json()["about"], first.json()["comment_id"]) == ("comment", str(comment.pk))
    assert (first.json()["member_id"], first.json()["post_id"]) == (None, None)
    Comment.objects.erase([comment.pk])
    kept = Report.objects.get()
    assert (kept.nickname, kept.subject_text, kept.comment_id) == ("Mina", "Buy watches!", None)
    assert kept.subject == comment.author
    assert phone.get(f"reports/{kept.pk}").json()["comment_id"] is None


def test_what_cannot_be_reported_is_refused(comment: Comment, mina: Member, jun: Member) -> None:
    phone, number = Phone.of(jun), str(comment.pk)
    assert code_of(Phone.of(mina).post("reports", comment_id=number, reason="spam")) == "not_oneself"
    assert phone.post("reports", comment_id="4711", reason="spam").status_code == 404
    assert phone.post("reports", comment_id=number, post_id=number, reason="spam").status_code == 400
    comment.remove()
    assert phone.post("reports", comment_id=number, reason="spam").status_code == 404
    comment.restore()
    comment.post.remove()
    assert phone.post("reports", comment_id=number, reason="spam").status_code == 404
    assert not Report.objects.exists()


def test_who_blocks_can_be_reported_for_a_comment(comment: Comment, mina: Member, jun: Member) -> None:
    mina.block(jun)
    assert Phone.of(jun).post("reports", comment_id=str(comment.pk), reason="spam").status_code == 201


def test_a_removed_comment_is_gone_until_it_is_restored(comment: Comment, report: Report, sora: Member) -> None:
    phone, path = Phone.of(MemberFactory.create()), f"posts/{comment.post_id}/comments"
    CommentFactory.create(post=comment.post, parent=comment)
    decision = REMOVE.run(comment, by=sora, reason="spam", report=report)
    (placeholder,) = phone.get(path).json()["results"]
    assert (placeholder["is_deleted"], placeholder["reply_count"]) == (True, 1)
    assert Phone.of(MemberFactory.create()).delete(f"comments/{comment.pk}").status_code == 404
    report.refresh_from_db()
    assert (report.state, report.decision_id) == (Report.UPHELD, decision.pk)
    with pytest.raises(AlreadyDecided):
        REMOVE.run(comment, by=sora, reason="spam")
    RESTORE.run(comment, by=sora, reason="mistake")
    assert phone.get(path).json()["results"][0]["text"] == "Buy watches!"
    with pytest.raises(CannotUndo):
        undo(decision, by=sora, reason="mistake")


def test_the_undo_of_a_removal_opens_the_reports(comment: Comment, report: Report, sora: Member) -> None:
    decision = REMOVE.run(comment, by=sora, reason="spam", report=report)
    undo(decision, by=sora, reason="mistake")
    report.refresh_from_db()
    comment.refresh_from_db()
    assert (report.state, comment.removed_at) == (Report.OPEN, None)


def test_the_author_is_told_what_was_removed_and_may_appeal(
    comment: Comment, mina: Member, sora: Member, run_jobs: Callable[[], None], mailoutbox: list[EmailMultiAlternatives]
) -> None:
    phone = Phone.of(mina)
    decision = REMOVE.run(comment, by=sora, reason="spam", text="An advertisement.")
    run_jobs()
    (told,) = mailoutbox
    assert "We have removed your comment." in str(told.body)
    assert "Buy watches!" in str(told.body)
    (shown,) = phone.get("me/decisions").json()["results"]
    assert (shown["action"], shown["comment_id"], shown["post_id"]) == ("remove_comment", str(comment.pk), None)
    assert (shown["quotation"], shown["may_appeal"]) == ("Buy watches!", True)
    assert phone.post("appeals", decision_id=str(decision.pk), text="It was a joke.").status_code == 201


def test_what_is_deleted_or_of_a_higher_rank_is_not_removed(comment: Comment, sora: Member) -> None:
    with pytest.raises(RankTooLow):
        REMOVE.run(CommentFactory.create(author=sora), by=staff_member("moderator"), reason="spam")
    CommentFactory.create(post=comment.post, parent=comment)
    Comment.objects.erase([comment.pk])
    with pytest.raises(SubjectGone):
        REMOVE.run(comment, by=sora, reason="spam")


def test_reports_of_one_comment_have_one_place_in_the_queue(comment: Comment, report: Report, sora: Member) -> None:
    report_comment(MemberFactory.create(), comment.pk, reason="hate", text="")
    report_comment(MemberFactory.create(), CommentFactory.create().pk, reason="spam", text="")
    first, second = Report.objects.queue()
    assert (first["about"], first["reporters"], second["reporters"]) == ("comment", 2, 1)
    get_action("dismiss_report").run(report, by=sora, reason="no_violation")
    assert Report.objects.open().count() == 1


def test_the_pages_of_moderators_show_comments(comment: Comment, report: Report, sora: Member, client: Client) -> None:
    reply = CommentFactory.create(post=comment.post, parent=comment)
    client.force_login(sora)
    pages = [
        "/admin/", f"/admin/moderation/report/{report.pk}/change/", f"/admin/comments/comment/{comment.pk}/change/",
        f"/admin/moderation/decision/act/remove_comment/{comment.pk}/?report={report.pk}",
    ]  # fmt: skip
    for page in pages[1:]:
        assert "Buy watches!" in client.get(page).content.decode(), page
    for page in pages[1:3]:
        assert f'<a href="/admin/posts/post/{comment.post_id}/change/">The post that it is below</a>' in (
            client.get(page).content.decode()
        )
    assert "Comment: Mina" in client.get("/admin/").content.decode()
    assert client.get(f"/admin/comments/comment/{reply.pk}/change/").status_code == 200
    client.post(pages[3], {"reason": "spam", "text": ""})
    assert Decision.objects.get().action == "remove_comment"
    assert "removed" in client.get(pages[1]).content.decode()
    Comment.objects.erase([comment.pk])
    assert client.get(pages[1]).status_code == client.get(pages[2]).status_code == 200
