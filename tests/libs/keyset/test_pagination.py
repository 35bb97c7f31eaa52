"""Keyset pages in a view of Django REST framework."""

from typing import Any

import pytest
from django.db.models import QuerySet
from django.urls import path
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from pytest_django import Settings
from rest_framework.generics import ListAPIView
from rest_framework.permissions import AllowAny
from rest_framework.response import Response
from rest_framework.serializers import CharField, Serializer
from rest_framework.test import APIRequestFactory

from accounts.models import Follow
from libs.keyset.pagination import KeysetPagination
from tests.libs.keyset.followers import Followers


class Plain(Serializer[Any]):
    """A follower."""

    id = CharField()


class FollowersView(ListAPIView[Any]):
    schema = AutoSchema()
    """All follows, newest first."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    pagination_class = KeysetPagination
    serializer_class = Plain

    def get_queryset(self) -> QuerySet[Any, Any]:
        return Follow.objects.order_by("-created_at", "-id").values("id", "created_at")


def get_page(query: str = "", at: str = "/followers") -> Response:
    return FollowersView.as_view()(APIRequestFactory().get(f"{at}?{query}"))


def names(response: Response) -> str:
    return "".join(row["id"] for row in response.data["results"])


def test_a_client_follows_the_cursors_both_ways(ten: Followers) -> None:
    first = get_page("limit=4")
    second = get_page(f"limit=3&cursor={first.data['next']}")
    assert [names(first), names(second)] == ["9876", "543"]
    assert names(get_page(f"cursor={second.data['previous']}")) == "9876"
    assert set(first.data) == {"results", "next", "previous"}


def test_a_request_without_a_limit_gets_the_default_page_size(ten: Followers, settings: Settings) -> None:
    settings.PAGE_SIZE, settings.PAGE_SIZE_MAX = 2, 5
    assert names(get_page()) == "98"
    assert names(get_page("limit=5")) == "98765"


@pytest.mark.parametrize("limit", ["0", "-1", "6", "", "x", "1.5", "٣", "1_0", " 1", "9" * 5000])
def test_a_limit_out_of_range_is_refused_by_its_field(ten: Followers, settings: Settings, limit: str) -> None:
    settings.PAGE_SIZE_MAX = 5
    response = get_page(f"limit={limit}")
    assert response.status_code == 400
    assert "limit" in str(response.data)


def test_a_cursor_is_valid_for_its_path_and_filters_only(ten: Followers) -> None:
    cursor = get_page("writer=1&since=2").data["previous"]
    assert get_page(f"since=2&limit=1&cursor={cursor}&writer=1").status_code == 200
    for query, at in (("since=2", "/followers"), ("writer=1&since=3", "/followers"), ("writer=1&since=2", "/other")):
        response = get_page(f"{query}&cursor={cursor}", at)
        assert (response.status_code, "invalid_cursor" in repr(response.data)) == (400, True)


@pytest.mark.parametrize("cursor", ["", "x", "%00", "A" * 44])
def test_a_forged_cursor_is_refused_with_400(ten: Followers, cursor: str) -> None:
    assert get_page(f"cursor={cursor}").status_code == 400


def test_the_schema_describes_page_and_parameters(settings: Settings) -> None:
    schema = SchemaGenerator(patterns=[path("followers", FollowersView.as_view())]).get_schema(public=True)
    page = schema["components"]["schemas"]["PaginatedPlainList"]
    assert page["required"] == ["results", "next", "previous"]
    parameters = {each["name"]: each["schema"] for each in schema["paths"]["/followers"]["get"]["parameters"]}
    limit = {"type": "integer", "minimum": 1, "maximum": settings.PAGE_SIZE_MAX, "default": settings.PAGE_SIZE}
    assert parameters == {"cursor": {"type": "string"}, "limit": limit}
