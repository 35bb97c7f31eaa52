"""/config: what a client reads before it starts."""

import pytest
from pytest_django import Settings
from rest_framework.test import APIClient

pytestmark = pytest.mark.django_db


def test_clients_learn_where_the_terms_and_the_privacy_policy_are(api: APIClient, settings: Settings) -> None:
    assert [api.get("/api/v1/config").json()[name] for name in ("terms_url", "privacy_url")] == [None, None]
    settings.TERMS_URL, settings.PRIVACY_URL = "https://heart.example/terms", "https://heart.example/privacy"
    config = api.get("/api/v1/config").json()
    assert config["terms_url"] == "https://heart.example/terms"
    assert config["privacy_url"] == "https://heart.example/privacy"
