"""Requests of codes and guesses at them: what strangers do neither blocks an address nor burns somebody else's code."""

import json
from collections.abc import Callable
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings
from time_machine import TimeMachineFixture

from accounts.email_addresses import mailbox_of
from accounts.models import Member
from tests.accounts.phone import HOME, Phone, code_of
from tests.accounts.sent_emails import SentEmails, last_code
from tests.factories import PASSWORD, MemberFactory

pytestmark = pytest.mark.django_db
NEW, STRANGER = "new@example.com", "198.51.100.7"
RunJobs = Callable[[], None]


def ask(address: str, email: str = NEW) -> int:
    return int(Phone(address).post("verification-codes", email=email).status_code)


def confirm(address: str, code: str, **ticket: str) -> str:
    return code_of(Phone(address).post("verification-codes/confirm", email=NEW, code=code, **ticket))


def test_a_stranger_in_one_network_uses_up_nobodys_codes() -> None:
    assert [ask(f"198.51.100.{host}") for host in range(1, 8)] == [202] * 5 + [429] * 2
    assert ask(HOME) == 202


def test_strangers_in_many_networks_send_no_flood_to_one_mailbox(
    settings: Settings, run_jobs: RunJobs, mailoutbox: SentEmails, time_machine: TimeMachineFixture
) -> None:
    settings.THROTTLE_RATES = settings.THROTTLE_RATES | {"code-mailbox": "7/hour"}
    time_machine.move_to(timezone.now(), tick=False)
    sent = []
    for number in range(31):
        assert ask(f"198.51.{number}.1") == 202
        run_jobs()
        sent.append(len(mailoutbox))
        time_machine.shift(60)
    assert sent == [*range(1, 8), *[7] * 9, *[8] * 10, *[9] * 5]


@pytest.mark.parametrize("spelling", ["victim+{}@example.com", "v+{}@gmail.com", "vi.ctim+{}@googlemail.com"])
def test_spellings_of_one_mailbox_send_no_flood_to_it(
    settings: Settings, run_jobs: RunJobs, mailoutbox: SentEmails, spelling: str
) -> None:
    settings.THROTTLE_RATES = settings.THROTTLE_RATES | {"code-mailbox": "7/hour", "code-alias": "1/hour"}
    for number in range(12):
        assert ask(f"198.51.{number}.1", spelling.format(number)) == 202
        run_jobs()
    assert len(mailoutbox) == 7 + 1
    plain = mailbox_of(spelling)
    assert ask(HOME, plain) == 202
    run_jobs()
    assert mailoutbox[-1].to == [plain]


def test_many_members_send_no_flood_to_an_address_that_is_not_theirs(
    settings: Settings, run_jobs: RunJobs, mailoutbox: SentEmails
) -> None:
    settings.THROTTLE_RATES = settings.THROTTLE_RATES | {"code-mailbox": "2/hour"}
    for number in range(8):
        phone = Phone.of(MemberFactory.create())
        phone.client.defaults["REMOTE_ADDR"] = f"198.51.{number}.1"
        assert phone.post("me/email", email=NEW, password=PASSWORD).status_code == 202
        run_jobs()
    assert len(mailoutbox) == 2 + 1


def test_the_owner_gets_a_code_within_ten_minutes_of_any_flood(
    mina: Member, settings: Settings, run_jobs: RunJobs, mailoutbox: SentEmails, time_machine: TimeMachineFixture
) -> None:
    settings.THROTTLE_RATES = settings.THROTTLE_RATES | {"code-mailbox": "3/day"}
    time_machine.move_to(timezone.now(), tick=False)
    tickets = []
    for number in range(10):
        answer = Phone(f"198.51.{number}.1").post("password-resets", email=mina.email)
        tickets.append(answer.json()["ticket"])
        time_machine.shift(1)
        run_jobs()
    mailoutbox.clear()
    time_machine.shift(600)
    run_jobs()
    code = last_code(mailoutbox, mina.email)
    assert _reset("198.51.1.1", mina, code, ticket=tickets[7]) == ""
    assert len(mailoutbox) == 1


def test_refused_requests_are_not_counted_for_the_mailbox(settings: Settings) -> None:
    settings.THROTTLE_RATES = settings.THROTTLE_RATES | {"code-mailbox": "6/hour"}
    assert [ask(STRANGER) for _ in range(20)] == [202] * 5 + [429] * 15
    assert ask(HOME) == 202


@pytest.mark.parametrize(
    "spelling", ["v+{}@example.com", "v+a+{}@example.com", "V+{}@EXAMPLE.com", "v+{}@ex\u00adample.com"]
)
def test_sub_addresses_share_the_budget_of_their_mailbox(spelling: str) -> None:
    statuses = [ask(HOME, "v@example.com"), *(ask(HOME, spelling.format(number)) for number in range(5))]
    assert statuses == [202] * 5 + [429]


@pytest.mark.parametrize(
    ("email", "mailbox"),
    [
        ("a.b+c@example.com", "ab@example.com"),
        ("+a@example.com", "+a@example.com"),
        ("a.b@googlemail.com", "ab@gmail.com"),
        ("a-b@example.com", "a-b@example.com"),
    ],
)
def test_spellings_of_one_mailbox_are_counted_as_one(email: str, mailbox: str) -> None:
    assert mailbox_of(email) == mailbox


def test_a_member_asks_for_a_withdrawal_code_while_strangers_ask_for_others(mina: Member) -> None:
    # In the network of the member, at other addresses.
    for address, path in (("192.0.2.77", "verification-codes"), ("192.0.2.78", "password-resets")):
        statuses = [Phone(address).post(path, email=mina.email).status_code for _ in range(6)]
        assert statuses == [202] * 5 + [429]
    assert Phone.of(mina).post("me/withdrawal/code").status_code == 202


@pytest.mark.parametrize("path", ["/api/v1/verification-codes", "/auth/emailVerificationCode", "/withdraw/"])
def test_refusals_of_form_are_not_counted_for_the_address(settings: Settings, path: str) -> None:
    settings.THROTTLE_RATES = settings.THROTTLE_RATES | {"code-address": "2/hour"}
    for email in ("", "nobody", "root@localhost"):
        assert Client().post(path, {"email": email}, "application/json").status_code in (200, 400)
    assert [ask("127.0.0.1", f"new{number}@example.com") for number in range(3)] == [202, 202, 429]


def test_right_codes_are_not_counted_and_work_behind_an_address_of_guessers(
    settings: Settings, run_jobs: RunJobs, mailoutbox: SentEmails
) -> None:
    settings.THROTTLE_RATES = settings.THROTTLE_RATES | {"confirm-address": "2/hour"}
    for number in range(4):
        Phone().post("verification-codes/confirm", email=f"new{number}@example.com", code="xxxxxxxx")
    ask(HOME)
    run_jobs()
    assert {confirm(HOME, last_code(mailoutbox, NEW)) for _ in range(4)} == {""}


# Whose guess it is -----------------------------------------------------------------------------------


@pytest.fixture
def ticket(run_jobs: RunJobs) -> str:
    """The ticket of a request at home, whose e-mail has arrived."""
    answer = Phone(HOME).post("verification-codes", email=NEW)
    run_jobs()
    return str(answer.json()["ticket"])


def test_guesses_of_strangers_burn_nobodys_code(ticket: str, mailoutbox: SentEmails, settings: Settings) -> None:
    settings.VERIFICATION_CODE_GUESSES_TOTAL = 12
    guesses = [confirm(f"198.51.{number // 6}.1", "xxxxxxxx") for number in range(24)]
    assert guesses.count("code_incorrect") == 12, "five in each network, and a total"
    assert confirm("203.0.113.9", last_code(mailoutbox, NEW)) == "code_used_up"
    assert confirm(HOME, last_code(mailoutbox, NEW)) == ""


def test_the_ticket_proves_who_asked_from_any_network(ticket: str, mailoutbox: SentEmails) -> None:
    for _ in range(6):
        confirm(HOME, "xxxxxxxx")
    assert confirm(HOME, last_code(mailoutbox, NEW)) == "code_used_up"
    assert confirm(HOME, last_code(mailoutbox, NEW), ticket="x" * 22) == "code_used_up"
    assert confirm("203.0.113.9", last_code(mailoutbox, NEW), ticket=ticket) == ""


def test_a_ticket_has_five_guesses_from_all_networks(ticket: str, mailoutbox: SentEmails) -> None:
    guesses = [confirm(f"198.51.{number}.1", "xxxxxxxx", ticket=ticket) for number in range(6)]
    assert guesses == ["code_incorrect"] * 5 + ["code_used_up"]
    assert confirm(HOME, last_code(mailoutbox, NEW), ticket=ticket) == "code_used_up"


def test_a_strangers_request_gives_guesses_to_the_stranger_alone(ticket: str, mailoutbox: SentEmails) -> None:
    foreign = str(Phone(STRANGER).post("verification-codes", email=NEW).json()["ticket"])
    for _ in range(6):
        confirm(STRANGER, "xxxxxxxx", ticket=foreign)
    assert confirm(HOME, last_code(mailoutbox, NEW), ticket=ticket) == ""


def _reset(address: str, mina: Member, code: str, **ticket: str) -> str:
    body = {"email": mina.email, "code": code, "password": "a sea of words"} | ticket
    return code_of(Phone(address).post("password-resets/confirm", **body))


def _withdraw(address: str, mina: Member, code: str) -> str:
    page = Client(REMOTE_ADDR=address).post("/withdraw/confirm/", {"email": mina.email, "code": code})
    return "" if 'class="errorlist"' not in page.content.decode() else "code_incorrect"


@pytest.mark.parametrize(("path", "use"), [("/api/v1/password-resets", _reset), ("/withdraw/", _withdraw)])
def test_every_kind_of_code_outlives_the_guesses_of_strangers(
    mina: Member, run_jobs: RunJobs, mailoutbox: SentEmails, path: str, use: Callable[..., str]
) -> None:
    kind = "application/json" if "api" in path else "application/x-www-form-urlencoded"
    body = json.dumps({"email": mina.email}) if "api" in path else urlencode({"email": mina.email})
    Client(REMOTE_ADDR=HOME).post(path, body, content_type=kind)
    run_jobs()
    assert all(use(STRANGER, mina, "xxxxxxxx") for _ in range(6))
    assert use(HOME, mina, last_code(mailoutbox, mina.email)) == ""


@pytest.mark.parametrize("path", ["/reset-password/", "/withdraw/"])
def test_a_web_page_sends_the_ticket_from_any_network(
    mina: Member, run_jobs: RunJobs, mailoutbox: SentEmails, settings: Settings, path: str
) -> None:
    settings.VERIFICATION_CODE_GUESSES_TOTAL = 5
    page = Client(REMOTE_ADDR=HOME).post(path, {"email": mina.email})
    run_jobs()
    for _ in range(6):
        Client(REMOTE_ADDR=STRANGER).post(f"{path}confirm/", {"email": mina.email, "code": "x", "password": "x"})
    fields = {"email": mina.email, "code": last_code(mailoutbox, mina.email), "password": "a sea of words"}
    cafe = Client(REMOTE_ADDR="203.0.113.9")
    assert 'class="errorlist"' in cafe.post(f"{path}confirm/", fields).content.decode()
    ticket = page.context["form"]["ticket"].value()
    assert f'value="{ticket}"' in page.content.decode()
    assert 'class="errorlist"' not in cafe.post(f"{path}confirm/", fields | {"ticket": ticket}).content.decode()


def test_a_ticket_is_for_its_own_address_and_purpose(mina: Member, run_jobs: RunJobs, mailoutbox: SentEmails) -> None:
    ask(HOME)
    run_jobs()
    foreign = [
        Phone(STRANGER).post("verification-codes", email="other@example.com").json()["ticket"],
        Phone(STRANGER).post("password-resets", email=NEW).json()["ticket"],
    ]
    # Both count for the stranger's network.
    assert [confirm(STRANGER, "xxxxxxxx", ticket=ticket) for ticket in foreign * 3] == [
        *["code_incorrect"] * 5,
        "code_used_up",
    ]


def test_a_network_sent_as_a_ticket_uses_up_no_guess_of_that_network(run_jobs: RunJobs, mailoutbox: SentEmails) -> None:
    ask(HOME)
    run_jobs()
    assert [confirm(STRANGER, "33333333", ticket="192.0.2.0/24") for _ in range(6)] == [
        *["code_incorrect"] * 5,
        "code_used_up",
    ]
    assert confirm(HOME, last_code(mailoutbox, NEW)) == ""
