"""Attacks on login, rate limits and addresses."""

import json
import unicodedata
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.mail.message import sanitize_address
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.cleanup import clean_up_password_guesses
from accounts.email_addresses import parse_email
from accounts.models import Member, VerificationCode
from tests.accounts.conftest import CodeFor
from tests.accounts.phone import HOME, Phone, code_of
from tests.accounts.sent_emails import SentEmails
from tests.factories import PASSWORD


def _knock(email: str, password: str) -> int:
    """Try the admin's login from the phone's address; 302 is in."""
    form = {"username": email, "password": password}
    return Client(REMOTE_ADDR=HOME).post("/admin/login/", form).status_code


def test_the_admin_login_shares_the_rate_limit_of_the_address(sora: Member, settings: Settings) -> None:
    settings.THROTTLE_RATES = settings.THROTTLE_RATES | {"sign-in-address": "3/minute"}
    assert _knock(sora.email, PASSWORD) == 302
    assert [_knock(f"member{number}@example.com", "wrong") for number in range(2)] == [200, 200]
    assert _knock(sora.email, PASSWORD) == 200
    assert Phone(HOME).log_in(sora.email).status_code == 429
    assert Phone("198.51.100.7").log_in(sora.email).status_code == 201


def _log_in(member: Member, password: str = PASSWORD, *, host: int, secret: str = "") -> Any:
    body = {"email": member.email, "password": password, "device_secret": secret}
    return Phone(f"198.51.100.{host}").post("sessions", **body)


def test_guessing_of_strangers_does_not_lock_out_a_known_device(mina: Member, settings: Settings) -> None:
    settings.PASSWORD_GUESSES_TOTAL = 3
    secret = _log_in(mina, host=1).json()["device_secret"]
    answers = [_log_in(mina, "wrong", host=host) for host in range(1, 6)]
    assert [code_of(answer) for answer in answers] == ["credentials_wrong"] * 3 + ["password_reset_required"] * 2
    # In its own network and in any other; the device alone counts.
    assert [_log_in(mina, host=host, secret=secret).status_code for host in (1, 99)] == [201, 201]
    assert code_of(_log_in(mina, host=99)) == "password_reset_required"


def test_the_network_does_not_tell_who_logs_in_from_it(mina: Member, jun: Member, settings: Settings) -> None:
    settings.PASSWORD_GUESSES_TOTAL = 3
    assert _log_in(mina, host=1).status_code == 201
    for host in (71, 72, 73):
        _log_in(mina, "wrong", host=host), _log_in(jun, "wrong", host=host)
    answers = [_log_in(member, "wrong", host=1) for member in (mina, jun)]
    assert [code_of(answer) for answer in answers] == ["password_reset_required"] * 2


def test_a_known_device_has_a_bound_of_guesses_too(mina: Member, settings: Settings) -> None:
    settings.PASSWORD_GUESSES_TOTAL = settings.PASSWORD_GUESSES_PER_NETWORK = 2
    secret = _log_in(mina, host=1).json()["device_secret"]
    answers = [_log_in(mina, "wrong", host=host, secret=secret) for host in range(6)]
    assert [code_of(answer) for answer in answers] == ["credentials_wrong"] * 4 + ["password_reset_required"] * 2


@pytest.mark.parametrize("kind", ["of another member", "altered", "too old", "nonsense"])
def test_a_secret_that_is_not_the_members_makes_no_device_known(
    mina: Member, jun: Member, settings: Settings, kind: str
) -> None:
    settings.PASSWORD_GUESSES_TOTAL = 1
    secret = _log_in(jun if kind == "of another member" else mina, host=1).json()["device_secret"]
    secret = {"altered": f"1{secret}", "nonsense": "x" * 300}.get(kind, secret)
    later = timezone.now() + timedelta(days=401 if kind == "too old" else 0)
    with time_machine.travel(later, tick=False):
        assert code_of(_log_in(mina, "wrong", host=2)) == "credentials_wrong"
        assert code_of(_log_in(mina, host=3, secret=secret)) == "password_reset_required"


def test_strangers_cannot_lock_a_moderator_out_of_the_admin(sora: Member, settings: Settings) -> None:
    settings.THROTTLE_RATES = settings.THROTTLE_RATES | {"sign-in-address": "9/minute"}
    settings.PASSWORD_GUESSES_TOTAL = 3
    form, browser = {"username": sora.email, "password": PASSWORD}, Client(REMOTE_ADDR=HOME)
    assert browser.post("/admin/login/", form).status_code == 302
    cookie = browser.cookies["device_secret"]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/admin/")
    assert [_knock(sora.email, "wrong") for _ in range(12)] == [200] * 12
    browser.get("/admin/logout/"), browser.cookies.pop("sessionid", None)
    assert browser.post("/admin/login/", form).status_code == 302
    assert _knock(sora.email, PASSWORD) == 200


def test_wrong_passwords_in_a_row_end_with_a_reset_however_slowly_they_come(mina: Member, settings: Settings) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for number in range(settings.PASSWORD_GUESSES_TOTAL):
            assert code_of(_log_in(mina, "wrong", host=number)) == "credentials_wrong"
            clock.shift(timedelta(hours=2))
        clean_up_password_guesses()
        answers = [_log_in(mina, password, host=200) for password in ("wrong", PASSWORD)]
        assert [(answer.status_code, code_of(answer)) for answer in answers] == [(403, "password_reset_required")] * 2
        assert "Retry-After" not in answers[0]
        reset_password(mina)
        assert _log_in(mina, host=200).status_code == 201


def test_wrong_passwords_of_a_logged_in_device_end_with_a_reset_too(mina: Member, settings: Settings) -> None:
    settings.PASSWORD_GUESSES_TOTAL = 12
    with time_machine.travel(timezone.now(), tick=False) as clock:
        codes = []
        for _ in range(14):
            codes.append(code_of(Phone.of(mina).post("me/withdrawal", password="wrong")))
            clock.shift(timedelta(hours=2))
    assert codes == ["password_wrong"] * 12 + ["password_reset_required"] * 2


def reset_password(member: Member) -> None:
    """Set the password that the member has, with a code."""
    code = VerificationCode.objects.create(
        email=member.email, purpose=VerificationCode.RESET, language="en", requested_at=timezone.now()
    )
    body = {"email": member.email, "code": code.generate(), "password": PASSWORD}
    assert Phone().post("password-resets/confirm", **body).status_code == 204


def test_a_logged_in_device_can_confirm_a_password_while_others_guess(mina: Member, settings: Settings) -> None:
    settings.PASSWORD_GUESSES_TOTAL = settings.PASSWORD_GUESSES_PER_NETWORK = 1
    phone = Phone.of(mina)
    assert [Phone("198.51.100.7").log_in(mina.email, "wrong").status_code for _ in range(2)] == [401, 429]
    assert phone.post("me/withdrawal", password=PASSWORD).status_code == 204


@pytest.mark.parametrize("part", ["signed in", HOME, "device"])
def test_no_typed_address_can_collide_with_the_counters_of_a_member(
    mina: Member, part: str, settings: Settings
) -> None:
    settings.PASSWORD_GUESSES_PER_NETWORK = settings.PASSWORD_GUESSES_TOTAL = 2
    phone = Phone(HOME)
    assert phone.log_in(mina.email).status_code == 201
    for _ in range(3):
        Phone("198.51.100.7").log_in(f"{mina.email}\n{part}", "wrong")
    assert Phone(HOME).log_in(mina.email).status_code == 201
    assert phone.post("me/withdrawal", password=PASSWORD).status_code == 204


@pytest.mark.django_db
@pytest.mark.parametrize(
    "email", ["v@ex\u200bample.co.kr", "v@example。co.kr", "v@exam\u00adple.co.kr", "V@EXAMPLE.co.kr"]
)
def test_one_mailbox_has_one_rate_limit_however_its_domain_is_spelt(email: str, settings: Settings) -> None:
    settings.THROTTLE_RATES = settings.THROTTLE_RATES | {"code-email": "1/hour"}
    assert Phone().post("verification-codes", email="v@example.co.kr").status_code == 202
    assert Phone().post("verification-codes", email=email).status_code == 429
    assert VerificationCode.objects.get().email == "v@example.co.kr"


UNDELIVERABLE = [
    '"v"@example.com', '"\\v"@example.com', "v@[127.0.0.1]", "v@xn--0.com", f"v@{'ü' * 60}.com",
    # Encoded words, which the mailer decodes, and letters that fold to others.
    "=?utf-8?q?victim?=@example.com", "=?us-ascii?q?=76ictim?=@example.com", "=?utf-8?b?dmljdGlt?=@example.com",
    "x.=?utf-8?q?v?=@example.com", "=?utf-8?q?a=0d=0a?=@example.com", "m\u0131na@example.com", "\u212aim@example.com",
    "mi\u017fa@example.com", "민아@example.com",
    # Mailboxes of the mail server's own machine and network.
    "root@localhost", "root@LOCALHOST", "root@mail.localhost", "a@printer.local", "a@db.internal", "a@router.lan",
    "a@nas.home.arpa", "a@host", "a@127.0.0.10", "a@10.0.0.0x10", "x@erased.invalid", "a@example.com.",
    # Domains of their own, which IDNA 2003 would make into others.
    "v@stra\u00dfe.de", "v@STRA\u1e9eE.de", "v@exam\u200cple.com", "v@exam\u200dple.com",
]  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("email", UNDELIVERABLE)
def test_an_address_that_smtp_would_not_deliver_to_as_it_is_is_refused(
    email: str, run_jobs: Callable[[], None], mailoutbox: SentEmails
) -> None:
    for path in ("verification-codes", "password-resets"):
        assert code_of(Phone().post(path, email=email)) == "invalid"
    body = json.dumps({"email": email})
    assert Client().post("/auth/emailVerificationCode", body, "application/json").json()["code"] == "GLOBAL_002"
    assert "errorlist" in Client().post("/withdraw/", {"email": email}).content.decode()
    run_jobs()
    assert mailoutbox == []


@pytest.mark.parametrize(
    "email",
    ["mina@example.com", "b+tag@한국.kr", "a.b-c_d%e@mail.example.co.kr", "o'hara@example.com", "=a?@example.com"],
)
def test_the_envelope_has_the_very_address_that_was_typed(email: str) -> None:
    local, _, domain = email.rpartition("@")
    assert parse_email(email) == email
    assert sanitize_address(email, "utf-8") == f"{local}@{domain.encode('idna').decode()}"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "around", [" {} ", "\u202a{}\u202c", "\u2068{}\u2069", "\ufeff{}", "\u200b{}\u200b", "\xa0{}\u3000"]
)
def test_marks_around_a_pasted_address_are_no_part_of_it(around: str, mina: Member) -> None:
    email = around.format(mina.email)
    assert Phone().post("sessions", email=email, password=PASSWORD).status_code == 201
    assert Phone().post("verification-codes", email=email).status_code == 202
    assert VerificationCode.objects.get().email == mina.email


@pytest.mark.django_db
def test_a_domain_in_emails_of_its_country_is_written_either_way(code_for: CodeFor) -> None:
    code = code_for("mina@bücher.example")
    answer = Phone().post("verification-codes/confirm", email="mina@xn--bcher-kva.example", code=code)
    assert answer.status_code == 200


@pytest.mark.django_db
def test_an_endless_address_is_refused_before_it_is_normalised(monkeypatch: pytest.MonkeyPatch) -> None:
    lengths: list[int] = []
    normalize = unicodedata.normalize

    def measured(form: Any, text: str) -> str:
        lengths.append(len(text))
        return normalize(form, text)

    monkeypatch.setattr("unicodedata.normalize", measured)
    endless = "a" + "\u0301\u0316" * 10_000 + "@example.com"
    assert code_of(Phone().post("verification-codes", email=endless)) == "invalid"
    assert [length for length in lengths if length > 254] == []


def test_withdrawing_and_signing_up_anew_does_not_end_a_suspension(
    mina: Member, proof_for: CodeFor, settings: Settings
) -> None:
    mina.withdraw()
    proof = proof_for(mina.email)
    mina.suspend(timezone.now() + timedelta(days=7))
    body = {"proof": proof, "password": PASSWORD, "name": "Han Nari", "nickname": "Nari"}
    joined = Phone().post("members", **body, terms_version=settings.TERMS_VERSION)
    assert (joined.status_code, joined.json()["code"]) == (409, "email_taken")
    assert Member.objects.get() == mina


@pytest.mark.parametrize("key", ["aaaaaaaaaa\000", "../../../etc/passwd", "x" * 5_000, "é" * 32])
def test_a_forged_session_cookie_is_ignored(db: None, key: str) -> None:
    client = Client()
    client.cookies["sessionid"] = key
    assert client.get("/admin/").status_code == 302
