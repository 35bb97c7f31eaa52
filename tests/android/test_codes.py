"""A code is mailed and confirmed, by the Android app."""

import re
from collections.abc import Callable

import pytest
import time_machine
from django.core.mail import EmailMultiAlternatives
from django.utils import timezone
from pytest_django import Settings

from accounts.models import Member, VerificationCode
from tests.accounts.conftest import code_in
from tests.accounts.phone import Phone
from tests.accounts.phone import code_of as v1_code_of
from tests.android.app import App
from tests.android.conftest import CodeFor, RunJobs, app_of
from tests.android.okhttp import Request, in_process
from tests.android.refusals import code_of, comparable_response, join_response, send_body, session_of, status_and_code

pytestmark = pytest.mark.django_db
NEW, PASSWORD = "new@example.com", "Secret#1234"


def test_what_was_confirmed_at_v1_opens_nothing_here(
    app: App, run_jobs: RunJobs, mailoutbox: list[EmailMultiAlternatives]
) -> None:
    Phone().post("verification-codes", email=NEW)
    run_jobs()
    v1_code = code_in(mailoutbox[-1])
    assert code_of(app.confirm_code, NEW, v1_code) == "AUTH_003"
    assert Phone().post("verification-codes/confirm", email=NEW, code=v1_code).status_code == 200
    assert join_response() == (400, "GLOBAL_006")


def test_what_was_confirmed_here_opens_nothing_at_v1(app: App, code_for: CodeFor) -> None:
    code = code_for(NEW)
    assert v1_code_of(Phone().post("verification-codes/confirm", email=NEW, code=code)) == "code_incorrect"
    app.confirm_code(NEW, code)
    row = VerificationCode.objects.get()
    body = {"password": "a long password by the sea", "name": "N", "nickname": "N", "terms_version": "2026-11-01"}
    assert v1_code_of(Phone().post("members", proof=row.make_proof()[0], **body)) == "proof_invalid"


def test_a_code_can_be_confirmed_again_until_it_expires(app: App, code_for: CodeFor) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        code = code_for(NEW)
        for _ in range(3):
            app.confirm_code(NEW, code)
            clock.shift(99)
        assert code_of(app.confirm_code, NEW, code) == ""
        clock.shift(3)
        assert code_of(app.confirm_code, NEW, code) == "AUTH_004"
        assert code_of(app.confirm_code, NEW, "AAAAAAAA") == "AUTH_003"
        assert join_response() == (201, "")


def test_a_code_is_gone_once_a_join_has_used_it(app: App, code_for: CodeFor) -> None:
    code = code_for(NEW)
    app.confirm_code(NEW, code)
    app.join(NEW, PASSWORD)
    assert code_of(app.confirm_code, NEW, code) == "AUTH_003"
    assert not VerificationCode.objects.exists()


def test_five_wrong_guesses_end_a_code(app: App, code_for: CodeFor) -> None:
    code = code_for(NEW)
    assert {code_of(app.confirm_code, NEW, f"AAAAAAA{number}") for number in range(5)} == {"AUTH_003"}
    assert code_of(app.confirm_code, NEW, code) == "AUTH_004"
    assert join_response() == (400, "GLOBAL_006")
    assert code_of(app.confirm_code, NEW, code_for(NEW)) == ""


def test_four_wrong_guesses_leave_the_code_good(app: App, code_for: CodeFor) -> None:
    code = code_for(NEW)
    for guess in (code[:-1], code + "A", "A" + code[1:], "AAAAAAAA"):
        assert code_of(app.confirm_code, NEW, guess) == "AUTH_003"
    assert code_of(app.confirm_code, NEW, code) == ""


@pytest.mark.parametrize("retype", [str.lower, str.upper, str.capitalize, lambda code: f"{code} "])
def test_a_code_is_right_however_the_phones_keyboard_writes_it(
    app: App, code_for: CodeFor, retype: Callable[[str], str]
) -> None:
    code = code_for(NEW)
    assert re.fullmatch("[A-Z0-9]{8}", code), "what the app's field takes"
    assert code_of(app.confirm_code, NEW, retype(code)) == ""


def test_codes_of_earlier_emails_stay_good(app: App, code_for: CodeFor) -> None:
    first, second = code_for(NEW), code_for(NEW)
    assert code_of(app.confirm_code, NEW, first) == ""
    assert code_of(app.confirm_code, NEW, second) == ""


def test_a_code_is_looked_for_at_its_own_address_in_any_case(app: App, code_for: CodeFor) -> None:
    code = code_for("NEW@Example.com")
    assert code_of(app.confirm_code, "other@example.com", code) == "AUTH_003"
    assert code_of(app.confirm_code, "new@example.COM", code) == ""
    app.join("nEw@example.com", PASSWORD)
    assert Member.objects.get().email == NEW


def test_a_members_address_is_answered_like_a_strangers(mina: Member, code_for: CodeFor) -> None:
    answers = [send_body("/auth/emailVerificationCode", {"email": email}) for email in (mina.email, NEW)]
    assert answers[0].status == 202
    assert comparable_response(answers[0]) == comparable_response(answers[1])
    code_for(NEW)
    for code in ["AUTH_003"] * 5 + ["AUTH_004"]:
        body = {"verification_code": "AAAAAAAA"}
        guesses = [send_body("/auth/confirmVerificationCode", body | {"email": email}) for email in (mina.email, NEW)]
        assert comparable_response(guesses[0]) == comparable_response(guesses[1])
        assert status_and_code(guesses[0]) == (401, code)


def test_only_the_email_says_that_the_address_belongs_to_a_member(
    mina: Member, code_for: CodeFor, mailoutbox: list[EmailMultiAlternatives]
) -> None:
    assert code_for(mina.email) == ""
    assert code_for(NEW) != ""
    assert mailoutbox[0].subject != mailoutbox[1].subject
    assert mailoutbox[0].to == [mina.email]


def test_both_apis_together_mail_an_address_five_times_an_hour(app: App) -> None:
    answers = [app.ask_code(NEW) for _ in range(3)] + [Phone().post("verification-codes", email=NEW) for _ in range(2)]
    assert len(answers) == 5
    assert code_of(app.ask_code, NEW) == "GLOBAL_006"
    assert code_of(app.ask_code, "other@example.com") == ""


def test_one_network_neither_asks_nor_guesses_without_end(db: None, settings: Settings) -> None:
    settings.THROTTLE_RATES = settings.THROTTLE_RATES | {"code-address": "3/hour", "confirm-address": "3/hour"}
    others = [{"email": f"new{number}@example.com", "verification_code": "AAAAAAAA"} for number in range(4)]
    responses = [status_and_code(send_body("/auth/emailVerificationCode", body)) for body in others]
    assert responses == [(202, "")] * 3 + [(429, "GLOBAL_006")]
    guessed = [status_and_code(send_body("/auth/confirmVerificationCode", body)) for body in others]
    assert guessed == [(401, "AUTH_003")] * 3 + [(429, "GLOBAL_006")]
    assert status_and_code(send_body("/auth/emailVerificationCode", others[0], address="198.51.100.1")) == (202, "")


@pytest.mark.parametrize(
    "email",
    ["a%b_c-d+e@example.com", "%@1.example.co.kr", "KIM.Mina@sub-domain.example.com", f"{'n' * 188}@example.com"],
)
def test_every_address_that_the_app_sends_is_accepted(app: App, code_for: CodeFor, email: str) -> None:
    app.confirm_code(email, code_for(email))
    app.join(email, PASSWORD)
    app.login(email, PASSWORD)
    assert app.profile()["email"] == email.lower()


@pytest.mark.parametrize(
    "email", ["", " ", "mina", "mina@", "@example.com", "a b@example.com", f"{'n' * 189}@example.com", None, 5, []]
)
def test_what_is_no_address_is_refused_everywhere(db: None, email: object) -> None:
    rest = {"verification_code": "AAAAAAAA", "password": PASSWORD, "name": "N", "nickname": "N"}
    for call in ("emailVerificationCode", "confirmVerificationCode", "join", "login"):
        assert status_and_code(send_body(f"/auth/{call}", rest | {"email": email})) == (400, "GLOBAL_002")


def test_a_missing_field_is_a_client_error_everywhere(db: None) -> None:
    for call in ("emailVerificationCode", "confirmVerificationCode", "join", "login"):
        assert status_and_code(send_body(f"/auth/{call}", {})) == (400, "GLOBAL_002")
        for body, kind in ((b"{", "application/json"), (b"[]", "application/json"), (b"{}", "text/plain"), (b"", "")):
            answer = in_process()(Request("POST", f"/auth/{call}", body, kind), "", 5.0)
            assert status_and_code(answer) == (400, "GLOBAL_002")


def test_a_stale_token_does_not_stand_in_the_way(app: App, code_for: CodeFor, mina: Member) -> None:
    stale = app_of(mina)
    mina.sessions.end("ended")
    for access in (session_of(stale).access, "nonsense"):
        assert status_and_code(send_body("/auth/emailVerificationCode", {"email": NEW}, access)) == (202, "")
    code = code_for(NEW)
    assert (
        send_body("/auth/confirmVerificationCode", {"email": NEW, "verification_code": code}, "nonsense").status == 200
    )
    body = {"email": NEW, "name": "N", "nickname": "N", "password": PASSWORD}
    assert send_body("/auth/join", body, "nonsense").status == 201
    assert send_body("/auth/login", body, "nonsense").status == 200


def test_the_app_has_no_ticket_and_is_known_by_its_network(
    run_jobs: RunJobs, mailoutbox: list[EmailMultiAlternatives]
) -> None:
    send_body("/auth/emailVerificationCode", {"email": NEW}, address="192.0.2.1")
    run_jobs()
    wrong = {"email": NEW, "verification_code": "AAAAAAAA"}
    guesses = [
        status_and_code(send_body("/auth/confirmVerificationCode", wrong, address="198.51.100.7")) for _ in range(6)
    ]
    assert guesses == [(401, "AUTH_003")] * 5 + [(401, "AUTH_004")]
    right = wrong | {"verification_code": code_in(mailoutbox[-1])}
    assert status_and_code(send_body("/auth/confirmVerificationCode", right, address="192.0.2.1")) == (200, "")
