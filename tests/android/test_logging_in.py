"""A login by the Android app."""

from datetime import timedelta

import pytest
from django.core.mail import EmailMultiAlternatives
from django.utils import timezone
from pytest_django import Settings

from accounts.credentials import passwords
from accounts.models import LoginSession, Member, PasswordGuess, VerificationCode
from tests.accounts.hashers import CountedArgon2
from tests.accounts.phone import Phone
from tests.accounts.tokens import claims
from tests.android.app import App
from tests.android.conftest import RunJobs
from tests.android.okhttp import in_process
from tests.android.refusals import code_of, comparable_response, send_body, status_and_code, verify_token
from tests.conftest import logged_in
from tests.factories import PASSWORD, MemberFactory

pytestmark = pytest.mark.django_db
WRONG = "Wrong#1234"


def guess(email: str, password: str = WRONG, address: str = "192.0.2.9") -> tuple[int, str]:
    return status_and_code(send_body("/auth/login", {"email": email, "password": password}, address=address))


def test_a_login_returns_what_the_phone_stores(app: App, mina: Member) -> None:
    answer = app.login(mina.email, PASSWORD)
    assert answer.keys() == {"member_id", "access_token", "refresh_token", "name", "nickname"}
    assert (answer["member_id"], answer["name"], answer["nickname"]) == (mina.pk, "Kim Mina", "Mina")
    session = LoginSession.objects.get()
    assert (session.member, session.audience, session.device, session.network) == (
        mina,
        "android",
        "Android",
        "192.0.2.0/24",
    )


def test_tokens_are_printable_characters_without_spaces(app: App, mina: Member) -> None:
    answer = app.login(mina.email, PASSWORD)
    for token in (answer["access_token"], answer["refresh_token"]):
        assert all("!" <= character <= "~" for character in token)
        assert not {"member", mina.email} & claims(token).keys()


def test_an_access_token_lasts_a_day_here_and_ten_minutes_at_v1(app: App, mina: Member) -> None:
    payload = claims(app.login(mina.email, PASSWORD)["access_token"])
    assert (payload["exp"] - payload["iat"], payload["aud"]) == (86_400, "android")
    payload = claims(Phone.of(mina).pair["access"])
    assert (payload["exp"] - payload["iat"], payload["aud"]) == (600, "v1")


@pytest.mark.parametrize("email", ["mina@example.com", " mina@example.com", "mina@example.com  ", "MINA@Example.COM"])
def test_the_address_is_found_however_it_was_typed(app: App, mina: Member, email: str) -> None:
    assert app.login(email, PASSWORD)["member_id"] == mina.pk
    app.start()


@pytest.mark.parametrize("password", ["a" * 60, "바다 위의 긴 암호 하나", "x", "   ", "ten words " * 12])
def test_no_rule_for_passwords_holds_at_login(app: App, password: str) -> None:
    member = MemberFactory.create(password=password)
    assert code_of(app.login, member.email, WRONG) == "AUTH_006"
    assert app.login(member.email, password)["member_id"] == member.pk
    assert code_of(app.login, member.email, password + " ") == "AUTH_006"


def test_an_unknown_address_and_a_wrong_password_are_answered_alike(mina: Member) -> None:
    suspended, gone = MemberFactory.create_batch(2)
    suspended.suspend(timezone.now() + timedelta(days=1))
    gone.withdraw()
    Member.objects.filter(pk=gone.pk).update(withdrawn_at=timezone.now() - timedelta(days=400))
    tries = [(mina.email, WRONG), ("nobody@example.com", WRONG), (suspended.email, PASSWORD), (gone.email, PASSWORD)]
    answers = [send_body("/auth/login", {"email": email, "password": password}) for email, password in tries]
    assert status_and_code(answers[0]) == (400, "AUTH_006")
    assert len({str(comparable_response(answer)) for answer in answers}) == 1


def test_an_unknown_address_costs_as_much_work_as_a_wrong_password(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = ["tests.accounts.hashers.CountedArgon2"]
    standing, suspended = MemberFactory.create_batch(2)
    suspended.suspend(timezone.now() + timedelta(days=1))
    for email in (standing.email, suspended.email, "nobody@example.com"):
        CountedArgon2.runs.clear()
        assert guess(email) == (400, "AUTH_006")
        assert len(CountedArgon2.runs) == 1


def test_ten_wrong_passwords_make_the_right_one_wait(mina: Member) -> None:
    assert [guess(mina.email) for _ in range(10)] == [(400, "AUTH_006")] * 10
    assert guess(mina.email) == (429, "GLOBAL_006")
    assert guess(mina.email, PASSWORD) == (429, "GLOBAL_006")


def test_guesses_in_both_apis_are_counted_together(mina: Member) -> None:
    for _ in range(5):
        Phone("192.0.2.9").post("sessions", email=mina.email, password=WRONG)
        guess(mina.email)
    assert guess(mina.email) == (429, "GLOBAL_006")
    assert Phone("192.0.2.9").post("sessions", email=mina.email, password=PASSWORD).status_code == 429


def test_an_unknown_address_has_to_wait_like_a_members() -> None:
    codes = [guess("nobody@example.com") for _ in range(11)]
    assert codes == [(400, "AUTH_006")] * 10 + [(429, "GLOBAL_006")]


def test_guessing_disturbs_no_phone_and_a_reset_lets_the_owner_log_in(mina_app: App, app: App, mina: Member) -> None:
    for number in range(110):
        guess(mina.email, address=f"198.51.{number}.7")
    assert guess(mina.email, PASSWORD, "198.51.200.7") == (429, "GLOBAL_006")
    mina_app.posts()
    assert code_of(mina_app.block, mina.pk) == "MEMBER_005"
    mina_app.start()
    assert code_of(app.login, mina.email, PASSWORD) == "GLOBAL_006"
    code = VerificationCode(email=mina.email, purpose=VerificationCode.RESET, requested_at=timezone.now())
    code.save()
    passwords.reset_password(mina.email, code.generate(), "A-new-1-by-the-sea", address="192.0.2.1")
    assert app.login(mina.email, "A-new-1-by-the-sea")["member_id"] == mina.pk


def test_one_network_does_not_try_without_end() -> None:
    codes = [guess(f"nobody{number}@example.com") for number in range(61)]
    assert codes == [(400, "AUTH_006")] * 60 + [(429, "GLOBAL_006")]
    assert guess("nobody@example.com", address="198.51.100.1") == (400, "AUTH_006")


def test_a_second_phone_leaves_the_first_alone(mina: Member) -> None:
    first, second = App(in_process()), App(in_process("198.51.100.1"))
    for phone in (first, second, first, second):
        phone.login(mina.email, PASSWORD)
    assert mina.sessions.live().count() == 4
    for phone in (first, second):
        phone.start()
        phone.posts()


def test_a_login_within_the_days_of_grace_brings_the_member_back(app: App, mina: Member) -> None:
    mina.withdraw()
    app.login(mina.email, PASSWORD)
    mina.refresh_from_db()
    assert mina.withdrawn_at is None
    app.start()


def test_a_login_leaves_the_members_own_language(
    app: App, mina: Member, run_jobs: RunJobs, mailoutbox: list[EmailMultiAlternatives]
) -> None:
    mina.set_language("en")
    logged_in(mina)
    app.login(mina.email, PASSWORD)
    run_jobs()
    mina.refresh_from_db()
    assert mina.language == "en"
    assert [message.to for message in mailoutbox] == [[mina.email]]


def test_a_refused_login_stores_no_counter_by_address(mina: Member) -> None:
    guess(mina.email)
    assert PasswordGuess.objects.count() == 2
    assert not PasswordGuess.objects.filter(key__contains="mina").exists()


@pytest.mark.parametrize("password", ["", None, ["x"], {"a": 1}, True, "x" * 1_025, "nul\0nul"])
def test_what_is_no_password_at_all_is_a_client_error(mina: Member, password: object) -> None:
    assert status_and_code(send_body("/auth/login", {"email": mina.email, "password": password})) == (400, "GLOBAL_002")


def test_the_tokens_of_one_api_are_refused_by_the_other(app: App, mina: Member) -> None:
    answer, phone = app.login(mina.email, PASSWORD), Phone.of(mina)
    assert verify_token(phone.pair["access"]) == (400, "GLOBAL_103")
    phone.pair["access"] = answer["access_token"]
    assert phone.get("me").status_code == 401
