"""From an address to a member, by the Android app."""

from datetime import timedelta

import pytest
import time_machine
from django.core.mail import EmailMultiAlternatives
from django.utils import timezone
from pytest_django import Settings

from accounts.models import Member, VerificationCode
from accounts.models.verification_code import MAX_EARLY_NETWORKS
from moderation.models import BannedAddress
from tests.accounts.conftest import AtOnce
from tests.accounts.phone import Phone
from tests.accounts.phone import code_of as v1_code_of
from tests.android.app import App
from tests.android.conftest import CodeFor, RunJobs
from tests.android.okhttp import in_process
from tests.android.refusals import code_of, join_response
from tests.factories import MemberFactory

pytestmark = pytest.mark.django_db
NEW, PASSWORD = "new@example.com", "Secret#1234"


@pytest.fixture
def confirmed(app: App, code_for: CodeFor) -> App:
    """A phone on whose screen the form to join has just opened, for NEW."""
    app.confirm_code(NEW, code_for(NEW))
    return app


def test_a_join_answers_the_number_of_the_new_member(confirmed: App) -> None:
    answer = confirmed.join(NEW, PASSWORD, "Han Nari", "Nari")
    member = Member.objects.get()
    assert answer == {"member_id": member.pk}
    assert (member.email, member.name, member.nickname) == (NEW, "Han Nari", "Nari")
    assert member.check_password(PASSWORD)


def test_joining_logs_nobody_in_and_records_the_terms(confirmed: App, settings: Settings) -> None:
    settings.ANDROID_TERMS_VERSION = "android-0.0.22"
    before = timezone.now()
    confirmed.join(NEW, PASSWORD)
    member = Member.objects.get()
    assert not member.sessions.exists()
    assert member.terms_version == "android-0.0.22"
    assert member.terms_accepted_at
    assert before <= member.terms_accepted_at <= timezone.now()


def test_the_terms_of_the_app_do_for_the_app_and_v1_asks_again(confirmed: App) -> None:
    confirmed.join(NEW, PASSWORD)
    confirmed.login(NEW, PASSWORD)
    assert confirmed.register_post("written under the old terms")["post_id"]
    phone = Phone()
    phone.log_in(NEW, PASSWORD)
    assert v1_code_of(phone.post("posts", text="written at v1")) == "terms_not_accepted"


@pytest.mark.parametrize(
    "password",
    ["Secret#1", "ABCDEF1!", "Aa1@Aa1@Aa1@Aa1@Aa1@", "비밀번호A1+쉿", "A1=_-~()<>'\"", "Zyx987^&$%", "🦊🦊A1#xy"],
)
def test_every_password_that_the_app_sends_is_accepted(confirmed: App, password: str) -> None:
    confirmed.join(NEW, password)
    confirmed.login(NEW, password)
    confirmed.start()


@pytest.mark.parametrize(
    "password",
    ["", "Secr#12", "Secret#1234Secret#123", "secret#1234", "Secret#word", "Secret1234", "Secret 1#ab", "Secret-1234",
     "Secret#1234\u3000", " Secret#1", "🦊🦊🦊🦊🦊🦊🦊🦊🦊A1#", "Secret\t#1", "Ａ１＃abcdef"],
)  # fmt: skip
def test_no_password_that_the_app_would_not_send_is_accepted(confirmed: App, password: str) -> None:
    assert join_response(password=password) == (400, "GLOBAL_002")
    assert not Member.objects.exists()
    assert join_response() == (201, "")


@pytest.mark.parametrize("password", ["P@ssw0rd", "!QAZ2wsx", "Password1!"])
def test_a_password_that_everybody_has_is_refused(confirmed: App, password: str) -> None:
    assert code_of(confirmed.join, NEW, password) == "GLOBAL_002"


@pytest.mark.parametrize(
    ("password", "nickname"), [("Nari@2026A", "Nari@2026A"), ("Nari@2026A", "nari@2026a"), ("New@example.com1", "Nari")]
)
def test_a_password_made_of_what_others_know_of_the_member_is_refused(
    confirmed: App, password: str, nickname: str
) -> None:
    assert code_of(confirmed.join, NEW, password, "Han Nari", nickname) == "GLOBAL_002"
    assert not Member.objects.exists()


@pytest.mark.parametrize(
    "name", ["가", "Ed", "김나", "n" * 20, "가나다라마바사아자차카타파하거너더러머버", "👩‍👩‍👧‍👦" * 20, "O'Neil <&>"]
)
def test_names_of_one_to_twenty_graphemes_are_accepted(confirmed: App, name: str) -> None:
    confirmed.join(NEW, PASSWORD, name, name)
    assert confirmed.login(NEW, PASSWORD)["nickname"] == name


@pytest.mark.parametrize("field", ["name", "nickname"])
def test_blank_names_and_longer_ones_are_refused(confirmed: App, field: str) -> None:
    for name in ("", "   ", "\u3164\u3164\u3164", "n" * 21, None, ["Nari"]):
        assert join_response(**{field: name}) == (400, "GLOBAL_002")
    assert not Member.objects.exists()


@pytest.mark.parametrize("nickname", ["Mi\u200bna", "admin", "하트투하트"])
def test_a_nickname_that_v1_refuses_is_refused(confirmed: App, nickname: str) -> None:
    assert join_response(nickname=nickname) == (400, "GLOBAL_002")
    assert join_response() == (201, "")


def test_a_refused_join_leaves_the_confirmation_good(confirmed: App) -> None:
    wrong = {"password": "short"}, {"password": "P@ssw0rd"}, {"name": " "}, {"nickname": "n" * 21}, {"name": None}
    assert [join_response(**change) for change in wrong] == [(400, "GLOBAL_002")] * 5
    assert join_response() == (201, "")


def test_one_join_uses_the_confirmation_up(confirmed: App) -> None:
    assert join_response() == (201, "")
    assert join_response() == (400, "GLOBAL_006")
    assert Member.objects.count() == 1


def test_two_joins_at_the_same_moment_make_one_member(at_once: AtOnce, app: App, code_for: CodeFor) -> None:
    for number in range(5):
        email = f"new{number}@example.com"
        app.confirm_code(email, code_for(email))
        answers = at_once([lambda email=email: join_response(email=email)] * 3)  # type: ignore[misc]
        assert sorted(answers) == [(201, ""), (400, "GLOBAL_006"), (400, "GLOBAL_006")]
    assert Member.objects.count() == 5


def test_nobody_joins_with_an_address_that_was_not_confirmed(app: App, code_for: CodeFor, mina: Member) -> None:
    code_for(NEW)
    assert join_response() == (400, "GLOBAL_006")
    assert join_response(email="never@example.com") == (400, "GLOBAL_006")
    assert join_response(email=mina.email) == (400, "GLOBAL_006")


def test_nobody_joins_with_what_somebody_else_confirmed(confirmed: App) -> None:
    assert join_response(email="other@example.com") == (400, "GLOBAL_006")
    assert join_response(email=f"x{NEW}") == (400, "GLOBAL_006")


@pytest.mark.parametrize(("seconds", "status"), [(599, 201), (600, 400)])
def test_a_confirmation_is_good_for_ten_minutes(app: App, code_for: CodeFor, seconds: int, status: int) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        app.confirm_code(NEW, code_for(NEW))
        clock.shift(seconds)
        assert join_response()[0] == status


def test_after_confirmation_an_address_in_use_is_refused_as_taken(confirmed: App) -> None:
    Member.objects.create_user(NEW, PASSWORD, name="Han Nari", nickname="Nari")
    assert code_of(confirmed.join, NEW, PASSWORD) == "AUTH_000"


@pytest.mark.parametrize("days", [0, 13, 15])
def test_nobody_erases_a_withdrawn_account_by_joining(
    app: App, code_for: CodeFor, mina: Member, mailoutbox: list[EmailMultiAlternatives], days: int
) -> None:
    mina.withdraw()
    with time_machine.travel(timezone.now() + timedelta(days=days)):
        assert code_for(mina.email) == "", "a code would help nobody"
        assert join_response(email=mina.email) == (400, "GLOBAL_006")
    assert "탈퇴하신" in str(mailoutbox[-1].subject)
    assert ("로그인하시면 모두 그대로" in str(mailoutbox[-1].body)) == (days < 14)
    assert Member.objects.get().erasure_started_at is None


def test_a_confirmation_from_before_one_left_erases_nothing(confirmed: App) -> None:
    nari = Member.objects.create_user(NEW, PASSWORD, name="Han Nari", nickname="Nari")
    nari.withdraw()
    assert join_response() == (400, "AUTH_000")
    assert Member.objects.get().erasure_started_at is None


# Who comes first after the confirmation ---------------------------------------------------------------

STRANGER, OTHER_HOME = "198.51.100.7", "203.0.113.9"


def test_in_the_first_minutes_only_the_network_that_confirmed_joins(confirmed: App) -> None:
    assert join_response(STRANGER) == (400, "GLOBAL_006")
    assert not Member.objects.exists()
    assert join_response("192.0.2.77") == (201, ""), "a neighbour's address is of the same network"


@pytest.mark.parametrize(("seconds", "status"), [(179, 400), (180, 201), (599, 201), (600, 400)])
def test_a_phone_that_changed_its_network_joins_later(app: App, code_for: CodeFor, seconds: int, status: int) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        app.confirm_code(NEW, code_for(NEW))
        clock.shift(seconds)
        assert join_response(OTHER_HOME)[0] == status


@pytest.mark.parametrize("is_requested", [False, True], ids=["before the request", "before the confirmation"])
def test_who_waited_for_the_confirmation_never_joins(app: App, code_for: CodeFor, is_requested: bool) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        code = code_for(NEW) if is_requested else ""
        assert join_response(STRANGER) == (400, "GLOBAL_006")
        app.confirm_code(NEW, code or code_for(NEW))
        clock.shift(200)
        assert join_response(STRANGER) == (400, "GLOBAL_006")
        assert join_response(OTHER_HOME) == (201, "")


def test_of_many_networks_that_waited_none_joins_but_the_owner_does(app: App, code_for: CodeFor) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        waiting = [f"198.51.{number}.1" for number in range(MAX_EARLY_NETWORKS + 1)]
        assert {join_response(address) for address in waiting} == {(400, "GLOBAL_006")}
        app.confirm_code(NEW, code_for(NEW))
        clock.shift(200)
        assert {join_response(address) for address in [waiting[-1], OTHER_HOME]} == {(400, "GLOBAL_006")}
        assert join_response() == (201, "")


def test_going_back_and_confirming_in_another_network_moves_the_confirmation(app: App, code_for: CodeFor) -> None:
    code = code_for(NEW)
    app.confirm_code(NEW, code)
    App(in_process(OTHER_HOME)).confirm_code(NEW, code)
    assert join_response() == (400, "GLOBAL_006")
    assert join_response(OTHER_HOME) == (201, "")


def test_a_sign_up_at_v1_and_a_join_at_the_same_moment_do_not_wait_for_each_other(
    at_once: AtOnce, run_jobs: RunJobs, mailoutbox: list[EmailMultiAlternatives], settings: Settings
) -> None:
    for number in range(6):
        member = MemberFactory.create()
        codes = []
        for purpose in (VerificationCode.SIGN_UP, VerificationCode.JOIN):
            VerificationCode.objects.request_code(member.email, purpose, "en")
            run_jobs()
            codes.append(VerificationCode.objects.get(email=member.email, purpose=purpose))
        member.withdraw()
        for code in codes:
            VerificationCode.objects.filter(pk=code.pk).update(
                confirmed_at=timezone.now(), confirmed_network="192.0.2.0/24", nonce="n"
            )
        proof = VerificationCode.objects.get(pk=codes[0].pk).make_proof()[0]
        body = {"proof": proof, "password": "a long password by the sea", "name": "Han Nari", "nickname": "Nari"}
        deeds = [
            lambda body=body: Phone().post("members", **body, terms_version=settings.TERMS_VERSION).status_code,
            lambda email=member.email: join_response(email=email)[0],
        ]
        signed_up, joined = at_once(deeds)
        assert (signed_up, joined) == (201, 400), number


def test_nobody_sheds_a_suspension_by_joining_anew(app: App, code_for: CodeFor, mina: Member) -> None:
    mina.suspend(timezone.now() + timedelta(days=1))
    mina.withdraw()
    assert code_for(mina.email) == ""
    assert join_response(email=mina.email) == (400, "GLOBAL_006")


def test_a_banned_address_answers_as_if_it_were_taken(confirmed: App) -> None:
    BannedAddress.objects.ban(NEW, timezone.now() + timedelta(days=1))
    assert code_of(confirmed.join, NEW, PASSWORD) == "AUTH_000"
    assert not Member.objects.exists()


def test_one_network_does_not_join_without_end_but_errors_of_form_are_free(app: App, settings: Settings) -> None:
    settings.THROTTLE_RATES = settings.THROTTLE_RATES | {"sign-up-address": "3/hour"}
    assert {join_response(nickname="") for _ in range(5)} == {(400, "GLOBAL_002")}
    assert [join_response() for _ in range(4)] == [(400, "GLOBAL_006")] * 3 + [(429, "GLOBAL_006")]


def test_nobody_makes_themselves_more_than_a_member(confirmed: App) -> None:
    odd = {
        "is_staff": True,
        "is_superuser": True,
        "id": 1,
        "terms_version": "x",
        "language": "xx",
        "suspended_until": 1,
    }
    assert join_response(**odd) == (201, "")
    member = Member.objects.get()
    assert (member.is_staff, member.is_superuser, member.terms_version) == (False, False, "android-0.0.22")
    assert (member.language, member.pk == 1) == ("ko", False)
