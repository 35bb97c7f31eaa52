"""auth/reissueToken: a refresh token is good until a successor of it has been presented."""

import json
from datetime import timedelta
from functools import partial

import pytest
import time_machine
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import LoginSession, Member, SecurityEvent
from accounts.sessions.tokens import LEEWAY
from tests.accounts.conftest import AtOnce
from tests.accounts.tokens import claims, forged
from tests.android.app import App, Session
from tests.android.conftest import app_of
from tests.android.okhttp import Answer, Request, in_process, posted
from tests.android.refusals import code_of, renew_with, send_body, session_of, status_and_code, verify_token
from tests.factories import picture_bytes

pytestmark = pytest.mark.django_db
DEAD, OVER = (401, "AUTH_007"), (401, "AUTH_008")
ROUNDS, AT_ONCE = 10, 6


def test_a_renewal_returns_what_the_app_stores(mina_app: App, mina: Member) -> None:
    answer = renew_with(session_of(mina_app)).json()
    known = {"member_id", "access_token", "refresh_token", "name", "nickname", "email", "avatarUrl"}
    assert answer.keys() == known
    assert (answer["member_id"], answer["email"], answer["avatarUrl"]) == (mina.pk, "mina@example.com", None)
    assert (answer["name"], answer["nickname"]) == ("Kim Mina", "Mina")
    assert verify_token(answer["access_token"]) == (200, "")
    for token in (answer["access_token"], answer["refresh_token"]):
        assert all("!" <= letter <= "~" for letter in token)


def test_a_renewal_has_its_own_spelling_of_the_avatar_field(mina_app: App) -> None:
    url = mina_app.upload_avatar(picture_bytes())["avatar_url"]
    assert renew_with(session_of(mina_app)).json()["avatarUrl"] == url


def test_the_id_is_accepted_as_a_number_and_as_text(mina_app: App, mina: Member) -> None:
    for number in (mina.pk, str(mina.pk)):
        assert status_and_code(renew_with(session_of(mina_app), member_id=number)) == (200, "")


def test_a_phone_that_lost_the_answers_gets_a_pair_every_time(mina_app: App) -> None:
    answers = [renew_with(session_of(mina_app)) for _ in range(5)]
    assert [status_and_code(answer) for answer in answers] == [(200, "")] * 5
    assert len({answer.json()["refresh_token"] for answer in answers}) == 1
    assert {verify_token(answer.json()["access_token"]) for answer in answers} == {(200, "")}


def test_responses_lost_for_days_log_nobody_out(mina_app: App) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _ in range(6):
            clock.shift(timedelta(days=2))
            assert renew_with(session_of(mina_app)).is_good
        mina_app.start()
        mina_app.posts()
    assert not SecurityEvent.objects.exists()


def test_the_access_token_before_stays_good_until_it_expires(mina_app: App) -> None:
    session = session_of(mina_app)
    first = session.access
    for _ in range(3):
        session.refresh = renew_with(session).json()["refresh_token"]
    assert verify_token(first) == (200, "")
    with time_machine.travel(claims(first)["exp"] + LEEWAY, tick=False):
        assert verify_token(first) == (400, "GLOBAL_104")


def test_a_dead_token_ends_its_login_and_is_written_down(mina_app: App, mina: Member) -> None:
    session = session_of(mina_app)
    old, other = session.refresh, app_of(mina)
    for _ in range(2):
        session.refresh = renew_with(session).json()["refresh_token"]
    assert status_and_code(renew_with(session, old, "203.0.113.9")) == DEAD
    assert status_and_code(renew_with(session)) == DEAD
    assert verify_token(session.access) == (400, "GLOBAL_103")
    event = SecurityEvent.objects.get()
    assert (event.member, event.kind, event.network) == (mina, "token_reused", "203.0.113.0/24")
    other.start()
    other.posts()


def test_a_thief_and_the_owner_do_not_both_go_on(mina_app: App) -> None:
    mine = session_of(mina_app)
    thief = App(in_process("203.0.113.9"), Session(**vars(mine)))
    for _ in range(2):
        thief.session.refresh = renew_with(mine, thief.session.refresh).json()["refresh_token"]  # type: ignore[union-attr]
    assert status_and_code(renew_with(mine)) == DEAD
    assert status_and_code(renew_with(session_of(thief))) == DEAD


def test_eight_refusals_in_a_row_keep_the_login(mina_app: App, jun: Member) -> None:
    mina_app.block(jun.pk)
    refusals = [code_of(mina_app.block, jun.pk) for _ in range(8)]
    assert refusals == ["MEMBER_006"] * 8
    assert [code_of(mina_app.delete_post, 1) for _ in range(8)] == ["POST_004"] * 8
    assert [code_of(mina_app.profile, 1) for _ in range(8)] == ["GLOBAL_001"] * 8
    assert LoginSession.objects.live().count() == 1
    assert not SecurityEvent.objects.exists()
    mina_app.start()


def test_refusals_whose_renewals_get_lost_keep_the_login_too(mina_app: App) -> None:
    send, session = mina_app.send, session_of(mina_app)
    for number in range(12):
        if number % 3:
            send(mina_app._renewal(session), "", 10.0)
        else:
            assert code_of(mina_app.delete_post, 1) == "POST_004"
    mina_app.start()
    assert not SecurityEvent.objects.exists()


def test_a_second_phone_is_not_disturbed_by_the_renewals_of_the_first(mina_app: App, mina: Member) -> None:
    other = app_of(mina)
    for _ in range(3):
        assert code_of(mina_app.delete_post, 1) == "POST_004"
    session = session_of(other)
    before = session.access
    other.posts()
    other.start()
    assert session.access == before
    assert status_and_code(renew_with(session)) == (200, "")


def test_a_new_key_logs_nobody_out_at_renewal(mina_app: App, settings: Settings) -> None:
    first = renew_with(session_of(mina_app)).json()["refresh_token"]
    settings.JWT_KEYS = ["next:another secret of more than 32 characters", *settings.JWT_KEYS]
    again = renew_with(session_of(mina_app)).json()["refresh_token"]
    assert claims(first) == claims(again)
    for token in (first, again):
        assert status_and_code(renew_with(session_of(mina_app), token)) == (200, "")


def test_a_stale_authorization_header_does_not_stand_in_the_way(mina_app: App) -> None:
    session = session_of(mina_app)
    for access in ("nonsense", session.refresh, forged(session.access, exp=1)):
        answer = send_body(
            "/auth/reissueToken", {"member_id": session.member_id, "refresh_token": session.refresh}, access
        )
        assert status_and_code(answer) == (200, "")


def test_a_renewal_takes_the_same_number_of_queries_every_time(
    mina_app: App, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    # From the fifth time on, the record of the oldest token is deleted.
    for _ in range(6):
        with django_assert_max_num_queries(11):
            session_of(mina_app).refresh = renew_with(session_of(mina_app)).json()["refresh_token"]


def _presented_at_once(session: Session) -> Answer:
    return in_process()(App(in_process(), session)._renewal(session), "", 10.0)


def test_two_renewals_at_once_both_get_a_usable_pair(at_once: AtOnce, mina: Member) -> None:
    app = app_of(mina)
    for _ in range(ROUNDS):
        answers = at_once([partial(_presented_at_once, session_of(app))] * AT_ONCE)
        assert [status_and_code(answer) for answer in answers] == [(200, "")] * AT_ONCE
        for answer in answers:
            assert verify_token(answer.json()["access_token"]) == (200, "")
        pairs = [answer.json()["refresh_token"] for answer in answers]
        assert [status_and_code(renew_with(session_of(app), token)) for token in pairs] == [(200, "")] * AT_ONCE
        session_of(app).refresh = pairs[-1]
    assert not SecurityEvent.objects.exists()


def test_a_renewal_at_start_and_one_of_the_interceptor_at_once_agree(at_once: AtOnce, mina: Member) -> None:
    app = app_of(mina)
    session = session_of(app)
    start = posted("/auth/reissueToken", {"member_id": session.member_id, "refresh_token": session.refresh})
    for request in (start, app._renewal(session)):
        assert isinstance(json.loads(request.body)["member_id"], int | str)
    both = [partial(in_process(), request, "", 10.0) for request in (start, app._renewal(session))]
    answers = at_once(both * 3)
    assert len({answer.json()["refresh_token"] for answer in answers}) == 1


def test_a_logout_and_a_renewal_at_once_end_the_login(at_once: AtOnce, mina: Member) -> None:
    for _ in range(ROUNDS):
        app = app_of(mina)
        logout = partial(in_process(), Request("POST", "/auth/logout"), session_of(app).access, 5.0)
        out, renewed = at_once([logout, partial(_presented_at_once, session_of(app))])
        assert status_and_code(out) == (200, "")
        assert status_and_code(renewed) in {(200, ""), DEAD}
        assert verify_token(session_of(app).access) == (400, "GLOBAL_103")
        if renewed.is_good:
            assert status_and_code(renew_with(session_of(app), renewed.json()["refresh_token"])) == DEAD
