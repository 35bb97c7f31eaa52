"""One rule for every text that members write, wherever it enters."""

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.models import Member
from media.models import Image
from tests.factories import PostFactory

pytestmark = pytest.mark.one_leg

PASTED = {
    "a number from Contacts": ("Call \u202d010-0000\u202c tonight", "Call 010-0000 tonight"),
    "a name between isolates": ("\u2068Mina\u2069 said hello", "Mina said hello"),
    "a byte order mark": ("\ufeffA recipe", "A recipe"),
    "an override that is never closed": ("photo\u202egpj.exe", "photogpj.exe"),
    "letters that a mark holds apart": ("cafe\u202c\u0301", "caf\u00e9"),
}


@pytest.fixture
def entrances(mina: Member, mina_api: APIClient, store_image: Callable[..., Image]) -> list[Callable[[str], Any]]:
    """The ways into v1 for a text; each returns what is stored."""
    post, image = PostFactory.create(author=mina), store_image(mina)

    def change(path: str, field: str) -> Callable[[str], Any]:
        return lambda text: mina_api.patch(f"/api/v1/{path}", {field: text}, format="json").json()[field]

    def publish(text: str) -> Any:
        return mina_api.post("/api/v1/posts", {"text": text}, format="json").json()["text"]

    def report(text: str) -> Any:
        body = {"post_id": str(PostFactory.create().pk), "reason": "spam", "text": text}
        return mina_api.post("/api/v1/reports", body, format="json").json()["text"]

    edits = [(f"posts/{post.pk}", "text"), (f"images/{image.pk}", "alt")]
    return [publish, report, *(change(*edit) for edit in [*edits, ("me", "name"), ("me", "nickname"), ("me", "about")])]


@pytest.mark.parametrize(("pasted", "stored"), PASTED.values(), ids=PASTED)
def test_marks_that_phones_paste_are_removed_from_every_text(
    entrances: list[Callable[[str], Any]], pasted: str, stored: str
) -> None:
    assert [enter(pasted) for enter in entrances] == [stored] * 7


def test_marks_of_right_to_left_keyboards_stay_in_texts_but_not_in_names(mina_api: APIClient) -> None:
    def change(field: str) -> Any:
        return mina_api.patch("/api/v1/me", {field: "Mina\u200f and\u061c \u200eJun"}, format="json").json()[field]

    assert [change(field) for field in ("about", "name", "nickname")] == [
        "Mina\u200f and\u061c \u200eJun",
        *["Mina and Jun"] * 2,
    ]


def test_a_search_ignores_marks_that_phones_paste(mina: Member, jun_api: APIClient) -> None:
    PostFactory.create(author=mina, text="Mina said hello")
    for path in ("posts", "members"):
        found = jun_api.get(f"/api/v1/{path}", {"search": "\u2068Min\u2069a\ufeff"}).json()["results"]
        assert len(found) == 1
