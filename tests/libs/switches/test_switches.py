"""Operators turn functions off; members get a clear refusal, and everything else goes on."""

from collections.abc import Callable

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError
from django.db.models import QuerySet
from django.test import Client
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from accounts.models import Member
from libs.switches.models import SwitchState
from libs.switches.states import SwitchStates, set_switch
from tests.accounts.phone import Phone
from tests.android.app import App, Refused, Session
from tests.android.conftest import app_of
from tests.android.okhttp import in_process
from tests.factories import PASSWORD, PostFactory, picture_bytes, upload
from tests.project.problems import is_problem

pytestmark = pytest.mark.django_db


@pytest.fixture
def turn_off() -> Callable[[str], object]:
    """Turns a switch off, as an operator does."""
    return lambda name: call_command("switch", "set", name, "off", "--as", "sora")


def test_without_sign_up_nobody_gets_a_code_and_members_log_in(turn_off: Callable[[str], object], mina: Member) -> None:
    turn_off("sign-up")
    refused = Phone().post("verification-codes", email="new@example.com")
    assert is_problem(refused, 503, "sign_up_closed")
    assert refused.headers["Retry-After"] == "600"
    assert Phone().post("members").json()["code"] == "sign_up_closed"
    assert Phone().log_in(mina.email).status_code == 201


def test_without_posting_posts_are_read_and_edited_but_not_published(
    turn_off: Callable[[str], object], mina: Member
) -> None:
    phone, post = Phone.of(mina), PostFactory.create(author=mina)
    turn_off("posting")
    assert is_problem(phone.post("posts", text="Hello"), 503, "posting_closed")
    assert phone.patch(f"posts/{post.pk}", text="Better").status_code == 200
    assert len(phone.get("posts").json()["results"]) == 1


def test_without_uploads_posts_have_texts_only(turn_off: Callable[[str], object], mina_api: APIClient) -> None:
    turn_off("uploads")
    assert is_problem(mina_api.post("/api/v1/images", {"image": upload()}), 503, "uploads_closed")
    with_image = mina_api.post("/api/v1/posts", {"text": "Look", "images": [upload()]})
    assert is_problem(with_image, 503, "uploads_closed")
    assert mina_api.post("/api/v1/posts", {"text": "Hello"}, format="json").status_code == 201


def test_a_decoder_that_is_off_sees_no_file_and_clients_are_told(
    turn_off: Callable[[str], object], mina_api: APIClient, api: APIClient
) -> None:
    assert "image/png" in api.get("/api/v1/config").json()["image_types"]
    turn_off("decoder-png")
    assert mina_api.post("/api/v1/images", {"image": upload(kind="PNG")}).json()["code"] == "not_an_image"
    assert mina_api.post("/api/v1/images", {"image": upload()}).status_code == 201
    assert "image/png" not in api.get("/api/v1/config").json()["image_types"]


def test_without_writes_members_read_and_stay_logged_in(turn_off: Callable[[str], object], mina: Member) -> None:
    phone = Phone.of(mina)
    turn_off("writes")
    for refused in (phone.post("posts", text="Hello"), phone.patch("me", about="x"), phone.delete("me/avatar")):
        assert is_problem(refused, 503, "read_only")
        assert refused.headers["Retry-After"] == "120"
    assert phone.get("posts").status_code == 200
    assert phone.store_tokens(phone.refresh()).status_code == 200
    assert Phone().log_in(mina.email).status_code == 201
    assert phone.delete("sessions/current").status_code == 204


def test_the_web_pages_show_that_there_is_maintenance(turn_off: Callable[[str], object]) -> None:
    turn_off("writes")
    page = Client().post("/reset-password/", {"email": "mina@example.com"})
    assert (page.status_code, page.headers["Retry-After"]) == (503, "120")
    assert "under maintenance" in page.content.decode()
    assert Client().get("/reset-password/").status_code == 200


def test_the_android_app_keeps_its_login_while_writes_are_off(
    turn_off: Callable[[str], object], mina: Member, jun: Member
) -> None:
    app = app_of(mina)
    turn_off("writes")
    changes: list[Callable[[], object]] = [
        lambda: app.block(jun.pk),
        lambda: app.register_post("Hello", {"1.jpg": picture_bytes()}),
        lambda: app.upload_avatar(picture_bytes()),
    ]
    for change in changes:
        with pytest.raises(Refused):
            change()
        assert isinstance(app.session, Session)
    assert {answer.json()["code"] for _, answer in app.exchanges if not answer.is_good} == {"GLOBAL_006"}
    assert app.profile()["nickname"] == "Mina"


def test_the_android_app_logs_in_but_signs_nobody_up_while_writes_are_off(
    turn_off: Callable[[str], object], mina: Member
) -> None:
    app = App(in_process())
    turn_off("writes")
    with pytest.raises(Refused, match="GLOBAL_006"):
        app.ask_code("new@example.com")
    app.login(mina.email, PASSWORD)
    app.start()
    app.logout()


def test_moderators_work_in_the_admin_while_writes_are_off(
    turn_off: Callable[[str], object], sora: Member, client: Client
) -> None:
    turn_off("writes")
    client.force_login(sora)
    assert client.get("/admin/").status_code == 200
    assert client.post("/admin/logout/").status_code == 200


def test_the_list_shows_who_turned_what_off(
    turn_off: Callable[[str], object], capsys: pytest.CaptureFixture[str]
) -> None:
    turn_off("posting")
    call_command("switch", "list")
    lines = capsys.readouterr().out.partition("switch ")[2].splitlines()
    (posting,) = [line for line in lines if line.startswith("posting ")]
    assert "OFF" in posting
    assert "UTC by sora" in posting
    assert len([line for line in lines if "OFF" in line]) == 1


def test_turning_a_switch_twice_does_nothing_the_second_time(turn_off: Callable[[str], object]) -> None:
    turn_off("posting")
    with pytest.raises(SystemExit) as ended:
        turn_off("posting")
    assert ended.value.code == 2
    with pytest.raises(CommandError, match="invalid choice"):
        turn_off("posing")


def test_a_switch_that_is_turned_on_again_lets_members_go_on(turn_off: Callable[[str], object], mina: Member) -> None:
    turn_off("posting")
    call_command("switch", "set", "posting", "on")
    assert Phone.of(mina).post("posts", text="Hello").status_code == 201


def test_another_process_reads_the_switches_once_for_many_requests(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    set_switch("posting", is_on=False, by="sora")
    other = SwitchStates()
    with django_assert_num_queries(1):
        for _ in range(50):
            other.refresh_if_due()
    assert (other.is_on("posting"), other.is_on("writes")) == (False, True)


def test_a_database_that_is_away_leaves_the_switches_as_they_were(monkeypatch: pytest.MonkeyPatch) -> None:
    set_switch("posting", is_on=False, by="sora")
    other = SwitchStates()
    other.refresh_if_due()

    def fail(rows: QuerySet[SwitchState]) -> object:
        raise OperationalError

    monkeypatch.setattr("libs.switches.states.REFRESH_SECONDS", 0.0)
    monkeypatch.setattr(QuerySet, "__iter__", fail)
    other.refresh_if_due()
    other.refresh_if_due()
    assert not other.is_on("posting")
