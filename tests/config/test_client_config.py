"""/config: what a client reads before it starts."""

from typing import Any

import pytest
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts.models import Member
from tests.factories import PostFactory
from tests.media.conftest import image_folder  # noqa: F401 - a fixture

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("image_folder")]


def test_clients_learn_where_the_terms_and_the_privacy_policy_are(api: APIClient, settings: Settings) -> None:
    assert [api.get("/api/v1/config").json()[name] for name in ("terms_url", "privacy_url")] == [None, None]
    settings.TERMS_URL, settings.PRIVACY_URL = "https://heart.example/terms", "https://heart.example/privacy"
    config = api.get("/api/v1/config").json()
    assert config["terms_url"] == "https://heart.example/terms"
    assert config["privacy_url"] == "https://heart.example/privacy"


@pytest.mark.parametrize(
    ("limit", "path", "field"),
    [
        ("post_max_graphemes", "posts/{post}", "text"),
        ("alt_max_graphemes", "images/{image}", "alt"),
        ("name_max_graphemes", "me", "name"),
        ("nickname_max_graphemes", "me", "nickname"),
        ("about_max_graphemes", "me", "about"),
    ],
)
def test_a_text_may_be_as_long_as_the_config_says_and_no_longer(
    mina: Member, mina_api: APIClient, store_image: Any, limit: str, path: str, field: str
) -> None:
    path = "/api/v1/" + path.format(post=PostFactory.create(author=mina).pk, image=store_image(mina).pk)
    most = mina_api.get("/api/v1/config").json()[limit]
    lengths = [mina_api.patch(path, {field: "가" * length}, format="json").status_code for length in (most, most + 1)]
    assert lengths == [200, 400]
