"""Phones that close the connection before the response: their user sees an error, so nothing may be published."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from PIL import Image as Pillow
from pytest_django import Settings

from accounts.models import Member
from media.models import Image
from media.processing import pipeline
from tests.android.app import App
from tests.android.okhttp import Request, file_part, multipart, over_socket, phone_bytes, text_part
from tests.android.outage_scene import OutageScene, outage_scene
from tests.conftest import logged_in
from tests.factories import picture_bytes, upload
from tests.polling import wait_until
from tests.project.snapshots import snapshot

IMAGES = 7
CALLS = {"a text": ("registerPost", 0), "images": ("registerPost", IMAGES), "an avatar": ("uploadAvatar", 1)}


def form_of(member_id: int | str, call: str, images: int, data: bytes = b"") -> Request:
    """A post with so many images, or an avatar."""
    name, folder = ("file", "member") if call == "uploadAvatar" else ("files", "post")
    files = [file_part(name, "a.jpg", data or picture_bytes())] * images
    return multipart(
        f"/{folder}/{call}", [text_part("member_id", str(member_id)), text_part("content", "Snow"), *files]
    )


def send_over(connection: socket.socket, app: App, sent: Request) -> Any:
    """Send a request to Django as if it came by this connection."""
    assert app.session
    headers = {"Authorization": f"Bearer {app.session.access}"}
    extra: dict[str, Any] = {"gunicorn.socket": connection}
    return Client().generic(sent.method, sent.path, sent.body, sent.content_type, headers=headers, **extra)


@pytest.mark.parametrize(("call", "images"), CALLS.values(), ids=CALLS)
def test_an_upload_of_a_phone_that_is_gone_has_no_effect(mina: Member, mina_app: App, call: str, images: int) -> None:
    mina_app.profile()
    before = snapshot()
    server, phone = socket.socketpair()
    with server:
        phone.close()
        send_over(server, mina_app, form_of(mina.pk, call, images))
    assert snapshot() == before


@pytest.mark.parametrize(("call", "images"), CALLS.values(), ids=CALLS)
def test_an_upload_of_a_phone_that_waits_takes_effect(mina: Member, mina_app: App, call: str, images: int) -> None:
    server, phone = socket.socketpair()
    with server, phone:
        # What a client has sent beyond its request says nothing about whether it waits.
        phone.sendall(b"POST ")
        assert send_over(server, mina_app, form_of(mina.pk, call, images)).status_code == 201


@pytest.mark.parametrize("is_multipart", [True, False])
def test_an_upload_to_the_new_api_is_cancelled_by_closing_the_connection(mina: Member, is_multipart: bool) -> None:
    api, before = logged_in(mina), None
    api.get("/api/v1/me")
    before = snapshot()
    server, client = socket.socketpair()
    body = {"text": "Snow", **({"images": [upload()]} if is_multipart else {})}
    with server:
        client.close()
        extra: dict[str, Any] = {"gunicorn.socket": server}
        refused = api.post("/api/v1/posts", body, format="multipart" if is_multipart else "json", **extra)
    assert (refused.status_code, refused.json()["code"]) == (400, "client_disconnected")
    assert snapshot() == before


@contextmanager
def stuck_decoder(monkeypatch: pytest.MonkeyPatch, when_opened: Callable[[], None]) -> Iterator[list[float]]:
    """The first decoder ends after the block only; gives the times at which decoders started."""
    opened, free, pillow_open = list[float](), threading.Event(), Pillow.open

    def open_slowly(file: BytesIO, **options: Any) -> Pillow.Image:
        opened.append(time.monotonic())
        if len(opened) == 1:
            when_opened()
            free.wait(60)
        return pillow_open(file, **options)

    monkeypatch.setattr(Pillow, "open", open_slowly)
    try:
        yield opened
    finally:
        free.set()


def test_no_image_is_decoded_any_more_after_the_phone_has_gone(
    mina: Member, mina_app: App, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.IMAGE_DECODER_THREADS = 1
    server, phone = socket.socketpair()
    with server:
        with stuck_decoder(monkeypatch, phone.close) as opened:
            # The response does not wait for the decoder that cannot be stopped.
            send_over(server, mina_app, form_of(mina.pk, "registerPost", IMAGES))
            assert len(opened) == 1
        # What is decoded next comes after everything that the phone had sent.
        pipeline.process_all([upload()])
    assert len(opened) == 2
    assert not Image.objects.exists()


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OutageScene]:
    with outage_scene(tmp_path_factory.mktemp("server")) as found:
        yield found


def images_in(var: Path) -> set[Path]:
    return {*(var / "pictures").rglob("*.full.jpg")}


@pytest.mark.parametrize("seconds", [0.0, 0.1])
def test_a_phone_that_hangs_up_on_a_real_server_leaves_no_post(here: OutageScene, seconds: float) -> None:
    phone = here.phone()
    assert phone.session
    before, files, requests = phone.posts(), images_in(here.server.var), here.server.log.count("registerPost")
    sent = form_of(phone.session.member_id, "registerPost", IMAGES, slow_image())
    with socket.create_connection(("127.0.0.1", here.server.port), 60) as connection:
        connection.sendall(phone_bytes(sent, phone.session.access))
        time.sleep(seconds)
    # The log has a line for each request that is over.
    wait_until(lambda: here.server.log.count("registerPost") > requests)
    assert phone.posts() == before
    assert images_in(here.server.var) == files


def test_an_answer_that_got_lost_on_a_real_server_is_given_again(here: OutageScene) -> None:
    phone = here.phone()
    assert phone.session
    sent, send = form_of(phone.session.member_id, "registerPost", 1), over_socket("127.0.0.1", here.server.port)
    before = len(phone.own_posts())
    with socket.create_connection(("127.0.0.1", here.server.port), 60) as connection:
        connection.sendall(phone_bytes(sent, phone.session.access))
        # The answer has arrived, and nobody reads it.
        connection.recv(1, socket.MSG_PEEK)
    answer = send(sent, phone.session.access, 60)
    assert answer.status == 201
    assert phone.own_posts()[0]["id"] == answer.json()["post_id"]
    assert len(phone.own_posts()) == before + 1


def slow_image() -> bytes:
    """An image that takes longer to decode than a phone to hang up."""
    out = BytesIO()
    Pillow.effect_noise((4000, 3000), 40).convert("RGB").save(out, "JPEG", quality=85)
    return out.getvalue()
