"""Whatever somebody writes by hand into an address of the admin, there is a page or a 4xx for it."""

import html
import re

import pytest
from django.contrib import admin
from django.db import models
from django.test import Client
from django.urls import reverse

from accounts.models import Member
from tests.factories import PostFactory

MODELS = pytest.mark.parametrize("model", admin.site._registry, ids=lambda model: model._meta.label_lower)
VALUES = ["", "x", "\0", "9" * 30]
LOOKUPS = ["", "__in", "__range", "__year"]
PARAMETERS = ["p", "o", "e", "all", "_to_field", "_popup", "_facets", "_changelist_filters", "q", "state", "kind", "x"]
IDS = ["x", "-1", "0", "%00", "9" * 30, "9" * 4_000, "1.5", "_", "_5F", "%F0%9F%90%B0"]


@pytest.fixture
def admin_client(sora: Member, client: Client) -> Client:
    """Sora's browser, signed in."""
    PostFactory.create()
    client.force_login(sora)
    client.raise_request_exception = False
    return client


def address(model: type[models.Model], page: str) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}")


@MODELS
def test_a_hand_made_query_of_a_list_is_no_error_of_the_server(admin_client: Client, model: type[models.Model]) -> None:
    fields = [field.name for field in model._meta.get_fields()]
    queries = [{name: value} for name in PARAMETERS for value in VALUES]
    # Each lookup with one of the values, and each value with many a lookup.
    names = [f"{field}{lookup}" for field in fields for lookup in LOOKUPS]
    queries += [{name: VALUES[number % len(VALUES)]} for number, name in enumerate(names)]
    path = address(model, "changelist")
    assert [query for query in queries if admin_client.get(path, query).status_code >= 500] == []


@MODELS
@pytest.mark.parametrize("page", ["change", "history", "delete"])
def test_a_hand_made_id_is_no_error_of_the_server(admin_client: Client, model: type[models.Model], page: str) -> None:
    paths = [f"{address(model, 'changelist')}{each}/{page}/" for each in IDS]
    assert [path for path in paths if admin_client.get(path).status_code >= 500] == []


@pytest.mark.parametrize(
    "path",
    ["r/9999999999999999999999/1/", "r/1/9999999999999999999999999999/", "autocomplete/?app_label=%00", "jsi18n/"],
)
def test_the_other_pages_of_the_admin_are_no_errors_either(admin_client: Client, path: str) -> None:
    assert admin_client.get(f"/admin/{path}").status_code < 500


@MODELS
def test_a_list_is_filtered_by_its_filters_only(admin_client: Client, model: type[models.Model]) -> None:
    columns = {field.name for field in model._meta.concrete_fields}
    filters = {getattr(each, "parameter_name", each) for each in admin.site._registry[model].list_filter}
    path = address(model, "changelist")
    looked_up = {
        name for name in columns for how in ("", "__startswith", "__regex") if answers(admin_client, path, name, how)
    }
    assert looked_up <= filters
    assert not any(answers(admin_client, path, name, "__startswith") for name in columns)


@MODELS
def test_every_filter_of_a_list_can_be_followed(admin_client: Client, model: type[models.Model]) -> None:
    path = address(model, "changelist")
    filters = re.findall(r'href="(\?[\w=&;%-]+)"', admin_client.get(path).content.decode())
    assert [each for each in filters if admin_client.get(path + html.unescape(each)).status_code != 200] == []


def answers(browser: Client, path: str, name: str, how: str) -> bool:
    """Whether the list shows rows for a lookup; Django answers one that it refuses by 400 or without the query."""
    return browser.get(path, {f"{name}{how}": "a"}).status_code == 200
