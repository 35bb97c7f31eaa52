"""Multipart forms: every part is taken, or the form is refused."""

import base64
import re
from typing import Any
from urllib.parse import quote

import pytest
from rest_framework.test import APIClient

from posts.models import Post
from tests.factories import picture_bytes

KOREAN = "바다에 왔어요"
LONG_NAME = "바" * 80 + ".jpg"
FILE_NAMES = {
    "ends in a slash": b'filename="DCIM/"',
    "ends in a backslash": rb'filename="C:\Photos\"',
    "the parent folder": b'filename=".."',
    "zero-width": 'filename="\u200b"'.encode(),
    "an entity": b'filename="&nbsp;"',
    "empty": b'filename=""',
    "EUC-KR": 'filename="바다.jpg"'.encode("euc-kr"),
    "Latin-1": 'filename="café.jpg"'.encode("latin-1"),
    "unquoted": "filename=바다.jpg".encode(),
    "without an end": b'filename="a.jpg',
    "of an unknown charset": b"filename*=x-none''a.jpg",
    "in pieces": b"filename*0*=utf-8''%EB%B0%94; filename*1*=%EB%8B%A4.jpg",
    "encoded twice": f'filename="=?utf-8?B?{base64.b64encode(LONG_NAME.encode()).decode()}?="; '
    f"filename*=utf-8''{quote(LONG_NAME)}".encode(),
}
BROKEN_PARTS = {
    "no name": b"Content-Disposition: form-data\r\n\r\nx",
    "no disposition": b"Content-Type: image/jpeg\r\n\r\nx",
    "no header": b"\r\nx",
    "a name that is not UTF-8": b'Content-Disposition: form-data; name="\xb9\xd9"\r\n\r\nx',
    "line ends of Unix": b'Content-Disposition: form-data; name="text"\n\nx',
    "a transfer encoding": b'Content-Disposition: form-data; name="a"\r\nContent-Transfer-Encoding: base64\r\n\r\neA==',
    "an endless header": b'Content-Disposition: form-data; name="text"; x="' + b"x" * 10_000 + b'"\r\n\r\nx',
}


def part(name: str, content: bytes, extra: bytes = b"", headers: bytes = b"") -> bytes:
    head = f'Content-Disposition: form-data; name="{name}"'.encode()
    return head + (b"; " + extra if extra else b"") + b"\r\n" + headers + b"\r\n" + content


def send(
    client: APIClient, *parts: bytes, end: bytes = b"--b--\r\n", path: str = "/api/v1/posts", **headers: str
) -> Any:
    body: Any = b"".join(b"--b\r\n" + one + b"\r\n" for one in parts) + end
    return client.generic("POST", path, body, "multipart/form-data; boundary=b", headers=headers)


@pytest.mark.parametrize("name", FILE_NAMES)
def test_an_image_is_taken_whatever_its_file_name(mina_api: APIClient, name: str) -> None:
    image = part("images", picture_bytes(), FILE_NAMES[name], b"Content-Type: image/jpeg\r\n")
    response = send(mina_api, part("text", b"x"), image)
    assert (response.status_code, len(response.json()["images"])) == (201, 1)
    alone = part("image", picture_bytes(), FILE_NAMES[name])
    assert send(mina_api, alone, path="/api/v1/images").status_code == 201


@pytest.mark.parametrize("name", BROKEN_PARTS)
def test_a_part_that_cannot_be_read_refuses_the_form(mina_api: APIClient, name: str) -> None:
    response = send(mina_api, part("text", b"x"), BROKEN_PARTS[name])
    assert (response.status_code, response.json()["code"]) == (400, "malformed")
    assert not Post.objects.exists()


@pytest.mark.parametrize("name", BROKEN_PARTS)
def test_what_is_wrong_with_a_form_is_said_in_korean_alone(mina_api: APIClient, name: str) -> None:
    response = send(mina_api, BROKEN_PARTS[name], accept_language="ko")
    assert re.search("[A-Za-z]", response.json()["detail"]) is None


@pytest.mark.parametrize("end", [b"", b"--b\r\n", b"--b-", b"--c--\r\n"])
def test_a_form_without_its_closing_boundary_is_refused(mina_api: APIClient, end: bytes) -> None:
    response = send(mina_api, part("text", b"x"), part("images", picture_bytes(), b'filename="a.jpg"'), end=end)
    assert (response.status_code, response.json()["code"]) == (400, "malformed")
    assert not Post.objects.exists()


@pytest.mark.parametrize("charset", ["euc-kr", "EUC-KR", "ks_c_5601-1987", "utf-8", "gb18030"])
def test_a_text_is_read_by_the_charset_of_its_part_or_of_its_form(mina_api: APIClient, charset: str) -> None:
    text = KOREAN.encode(charset)
    by_part = part("text", text, headers=f"Content-Type: text/plain; charset={charset}\r\n".encode())
    assert send(mina_api, by_part).json()["text"] == KOREAN
    assert send(mina_api, part("text", text), part("_charset_", charset.encode())).json()["text"] == KOREAN


def test_letters_that_only_browsers_have_in_euc_kr_are_read(mina_api: APIClient) -> None:
    text = part("text", "똠방각하 펲시".encode("cp949"), headers=b"Content-Type: text/plain; charset=euc-kr\r\n")
    assert send(mina_api, text).json()["text"] == "똠방각하 펲시"


@pytest.mark.parametrize(
    ("text", "headers"),
    [
        (KOREAN.encode("euc-kr"), b""),
        (KOREAN.encode()[:-1], b""),
        (KOREAN.encode(), b"Content-Type: text/plain; charset=us-ascii\r\n"),
        (KOREAN.encode(), b"Content-Type: text/plain; charset=x-none\r\n"),
        (b"\x1b$", b"Content-Type: text/plain; charset=unicode_escape\r\n"),
    ],
)
def test_a_text_that_is_not_in_its_charset_is_refused(mina_api: APIClient, text: bytes, headers: bytes) -> None:
    response = send(mina_api, part("text", text, headers=headers))
    assert (response.status_code, response.json()["code"]) == (400, "malformed")
    assert not Post.objects.exists()


def test_a_browsers_form_in_which_no_image_was_chosen_is_a_post_without_images(mina_api: APIClient) -> None:
    nothing = part("images", b"", b'filename=""', b"Content-Type: application/octet-stream\r\n")
    response = send(mina_api, part("text", b"x"), nothing, part("alts", b""))
    assert (response.status_code, response.json()["images"]) == (201, [])
