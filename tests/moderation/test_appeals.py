"""Appeals: by members in the app, by suspended ones on a web page, answered by somebody else than who decided."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.mail import EmailMultiAlternatives
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import Member
from moderation.actions import available_actions, get_action
from moderation.actions.undo import undo
from moderation.actors import Actor
from moderation.appeals import appeal
from moderation.errors import AlreadyDecided, NotPermitted, OwnDecision, RankTooLow
from moderation.models import Appeal, Decision
from moderation.models.appeal import APPEAL_DAYS
from moderation.ranks import SENIOR_MODERATOR
from moderation.reporting import report_post
from posts.models import Post
from tests.accounts.conftest import code_in
from tests.accounts.phone import Phone, code_of
from tests.erasing import erase
from tests.factories import PostFactory
from tests.moderation.staff import staff_member

pytestmark = pytest.mark.django_db
RunJobs = Callable[[], None]
Outbox = list[EmailMultiAlternatives]


@pytest.fixture
def removal(hana: Member, post: Post) -> Decision:
    """Hana's, who has removed Mina's post."""
    return get_action("remove_post").run(post, by=hana, reason="spam", text="An advertisement.")


@pytest.fixture
def phone(mina: Member) -> Phone:
    """Mina's."""
    return Phone.of(mina)


def object_to(phone: Phone, decision: Decision, text: str = "It is my garden.") -> Any:
    return phone.post("appeals", decision_id=str(decision.pk), text=text)


def test_a_member_reads_what_was_decided_and_appeals(phone: Phone, removal: Decision) -> None:
    (told,) = phone.get("me/decisions").json()["results"]
    assert (told["id"], told["reason"], told["text"]) == (str(removal.pk), "spam", "An advertisement.")
    assert (told["quotation"], told["is_undone"], told["may_appeal"]) == ("Look at this.", False, True)
    made = object_to(phone, removal).json()
    assert phone.get(f"appeals/{made['id']}").json() == made == phone.get("appeals").json()["results"][0]
    (told,) = phone.get("me/decisions").json()["results"]
    assert (told["appeal"], told["may_appeal"]) == (made, False)
    assert "Hana" not in str(told)


def test_a_decision_is_appealed_against_once(phone: Phone, removal: Decision) -> None:
    assert object_to(phone, removal).status_code == 201
    assert code_of(object_to(phone, removal)) == "appeal_not_possible"


def test_what_is_too_old_or_undone_or_no_harm_is_not_appealed_against(
    phone: Phone, hana: Member, post: Post, removal: Decision
) -> None:
    with time_machine.travel(timezone.now() + timedelta(days=APPEAL_DAYS, minutes=1)):
        assert code_of(object_to(Phone.of(post.author), removal)) == "appeal_not_possible"
    restored = get_action("restore_post").run(post, by=hana, reason="no_violation")
    assert code_of(object_to(phone, restored)) == "appeal_not_possible"
    warning = get_action("warn_member").run(post.author, by=hana, reason="spam")
    undoing = undo(warning, by=hana, reason="mistake")
    assert [code_of(object_to(phone, each)) for each in (warning, undoing)] == ["appeal_not_possible"] * 2


def test_decisions_about_others_do_not_exist(jun: Member, removal: Decision, hana: Member) -> None:
    report, _ = report_post(jun, PostFactory.create().pk, reason="spam", text="")
    dismissal = get_action("dismiss_report").run(report, by=hana, reason="no_violation")
    for decision in (removal, dismissal):
        assert code_of(object_to(Phone.of(jun), decision)) == "not_found"


def test_an_upheld_appeal_undoes_the_decision_and_everybody_is_told(
    hana: Member, yuna: Member, mina: Member, jun: Member, post: Post, run_jobs: RunJobs, mailoutbox: Outbox
) -> None:
    report, _ = report_post(jun, post.pk, reason="spam", text="")
    removal = get_action("remove_post").run(post, by=hana, reason="spam")
    made = appeal(mina, removal.pk, "It is my garden.")
    answer = get_action("uphold_appeal").run(made, by=yuna, reason="mistake", text="Sorry.")
    assert Phone.of(jun).get(f"posts/{post.pk}").status_code == 200
    assert not Decision.objects.concerning(mina).not_undone().exists()
    made.refresh_from_db()
    report.refresh_from_db()
    assert (made.state, made.answer_id, report.state) == ("upheld", answer.pk, "dismissed")
    run_jobs()
    to_member, to_reporter = mailoutbox[-2:] if mailoutbox[-1].to == [jun.email] else mailoutbox[:-3:-1]
    assert "Your post is visible again." in to_member.body
    assert "Sorry." in to_member.body
    assert "nothing in it that breaks our rules" in to_reporter.body
    assert "Yuna" not in f"{to_member.body} {to_reporter.body}"


def test_a_denied_appeal_leaves_the_decision_and_the_member_is_told(
    yuna: Member, mina: Member, removal: Decision, run_jobs: RunJobs, mailoutbox: Outbox
) -> None:
    made = appeal(mina, removal.pk, "It is my garden.")
    get_action("deny_appeal").run(made, by=yuna, reason="decision_stands")
    assert Post.objects.get().removed_at is not None
    with pytest.raises(AlreadyDecided):
        get_action("uphold_appeal").run(made, by=yuna, reason="mistake")
    run_jobs()
    assert f"your appeal against the decision {removal.pk}. The decision stands." in mailoutbox[-1].body
    assert Phone.of(mina).get("appeals").json()["results"][0]["state"] == "denied"


def test_nobody_answers_an_appeal_against_their_own_decision_or_that_of_a_higher_rank(
    hana: Member, yuna: Member, sora: Member, mina: Member
) -> None:
    by_yuna, by_sora, by_server = (
        appeal(mina, get_action("warn_member").run(mina, by=by, reason="spam").pk, "No.")
        for by in (yuna, sora, Actor.operator("root"))
    )
    deny, other = get_action("deny_appeal"), staff_member(SENIOR_MODERATOR)
    with pytest.raises(NotPermitted):
        deny.run(by_yuna, by=hana, reason="decision_stands")
    for made, by in ((by_yuna, yuna), (by_server, Actor.operator("root"))):
        with pytest.raises(OwnDecision):
            deny.run(made, by=by, reason="decision_stands")
    with pytest.raises(RankTooLow):
        deny.run(by_sora, by=other, reason="decision_stands")
    assert available_actions(by_yuna, by=yuna) == []
    for made in (by_yuna, by_server):
        deny.run(made, by=other, reason="decision_stands")


def test_an_appeal_is_upheld_where_nothing_can_be_restored_any_more(
    yuna: Member, mina: Member, post: Post, removal: Decision, run_jobs: RunJobs, mailoutbox: Outbox
) -> None:
    made = appeal(mina, removal.pk, "It is my garden.")
    Post.objects.get().erase()
    get_action("uphold_appeal").run(made, by=yuna, reason="mistake")
    run_jobs()
    assert "It does not count any more." in mailoutbox[-1].body
    assert not Decision.objects.concerning(mina).not_undone().exists()


def test_an_undo_answers_the_appeal(hana: Member, mina: Member, removal: Decision) -> None:
    made = appeal(mina, removal.pk, "It is my garden.")
    undoing = undo(removal, by=hana, reason="mistake")
    made.refresh_from_db()
    assert (made.state, made.answer_id) == ("upheld", undoing.pk)


def test_the_page_of_an_answer_shows_what_was_decided_by_whom_and_when(
    client: Client, mina: Member, yuna: Member, removal: Decision
) -> None:
    made = appeal(mina, removal.pk, "It is my garden.")
    client.force_login(yuna)
    for name in ("uphold_appeal", "deny_appeal"):
        page = client.get(f"/admin/moderation/decision/act/{name}/{made.pk}/").content.decode()
        assert f'/admin/moderation/decision/{removal.pk}/change/"><strong>Remove the post</strong>' in page
        for words in (
            ">Appeal: Mina</a>",
            "It is my garden.",
            "KST, Hana</span>",
            "Look at this.",
            "Spam or advertising: An advertisement.",
        ):
            assert words in page


def test_the_undo_of_a_warning_makes_a_denied_appeal_moot(
    phone: Phone, client: Client, hana: Member, mina: Member, yuna: Member, run_jobs: RunJobs, mailoutbox: Outbox
) -> None:
    warning = get_action("warn_member").run(mina, by=hana, reason="spam")
    denied = appeal(mina, warning.pk, "I did nothing.")
    get_action("deny_appeal").run(denied, by=yuna, reason="decision_stands")
    client.force_login(yuna)
    pages = ("/admin/moderation/appeal/", f"/admin/moderation/appeal/{denied.pk}/change/")
    assert not any("taken back" in client.get(page).content.decode() for page in pages)
    undo(warning, by=hana, reason="mistake")
    run_jobs()
    assert all("taken back" in client.get(page).content.decode() for page in pages)
    assert f"We have taken back the decision {warning.pk}." in mailoutbox[-1].body
    told = next(one for one in phone.get("me/decisions").json()["results"] if one["id"] == str(warning.pk))
    assert (told["is_undone"], told["may_appeal"], told["appeal"]["state"]) == (True, False, "denied")


def test_nothing_of_an_appeal_is_left_when_its_member_is_erased(mina: Member, yuna: Member, removal: Decision) -> None:
    made = appeal(mina, removal.pk, "It is my garden.")
    get_action("deny_appeal").run(made, by=yuna, reason="decision_stands")
    erase(mina)
    assert not Appeal.objects.exists()
    assert "garden" not in str(list(Decision.objects.values()))


@pytest.fixture
def suspended(hana: Member, mina: Member) -> Decision:
    """Mina's suspension."""
    return get_action("suspend_member").run(mina, by=hana, reason="spam", days=30)


def request_code(mina: Member, decision: Decision, run_jobs: RunJobs, mailoutbox: Outbox) -> dict[str, str]:
    """Open the page from the e-mail, request a code, and fill in the second form."""
    run_jobs()
    (address,) = [line.strip() for line in mailoutbox[-1].body.splitlines() if "/appeal/" in line]
    page = Client().get("/appeal/" + address.partition("/appeal/")[2])
    assert f'value="{decision.pk}"' in page.content.decode()
    form = Client().post("/appeal/", {"email": mina.email, "number": str(decision.pk)}).context["form"]
    run_jobs()
    code = code_in(mailoutbox[-1])
    assert code
    return {name: form.initial[name] for name in ("email", "ticket", "number")} | {"code": code, "text": "No!"}


def test_a_suspended_member_appeals_on_a_web_page(
    mina: Member, suspended: Decision, run_jobs: RunJobs, mailoutbox: Outbox
) -> None:
    form = request_code(mina, suspended, run_jobs, mailoutbox)
    wrong = Client().post("/appeal/confirm/", form | {"number": str(suspended.pk + 1)})
    assert "no decision about you with this number" in wrong.content.decode()
    assert "We have your appeal." in Client().post("/appeal/confirm/", form).content.decode()
    assert Appeal.objects.get().decision_id == suspended.pk
    again = Client().post("/appeal/confirm/", form).content.decode()
    assert "We have your appeal." not in again


def test_a_wrong_code_or_an_empty_text_is_no_appeal(
    mina: Member, suspended: Decision, run_jobs: RunJobs, mailoutbox: Outbox
) -> None:
    form = request_code(mina, suspended, run_jobs, mailoutbox)
    changes = [{"code": "aaaaaaaa"}, {"text": "\u2800"}, {"text": "x" * 1001}, {"number": "x"}, {"number": "\u0661"}]
    for change in changes:
        page = Client().post("/appeal/confirm/", form | change)
        assert (page.status_code, "errorlist" in page.content.decode()) == (200, True), change
    assert not Appeal.objects.exists()


def test_nobody_is_told_who_has_an_account(jun: Member, run_jobs: RunJobs, mailoutbox: Outbox) -> None:
    pages = [Client().post("/appeal/", {"email": email}) for email in (jun.email, "nobody@example.com")]
    run_jobs()
    assert [message.to for message in mailoutbox] == [[jun.email]]
    first, second = (re.sub(r'value="[^"]*"', "", page.content.decode()) for page in pages)
    assert first == second.replace("nobody@", "jun@")


def test_a_page_of_decisions_costs_the_same_for_1_and_50(
    hana: Member, mina: Member, phone: Phone, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    phone.get("me/decisions")
    for number in (1, 49):
        for _ in range(number):
            warning = get_action("warn_member").run(mina, by=hana, reason="spam")
        undo(warning, by=hana, reason="mistake")
        appeal(mina, get_action("warn_member").run(mina, by=hana, reason="spam").pk, "No.")
        with django_assert_max_num_queries(5):
            assert len(phone.get("me/decisions?limit=50").json()["results"]) == min(number + 2, 50)
