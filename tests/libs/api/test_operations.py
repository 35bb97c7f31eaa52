"""A wrong declaration of an operation fails while the server starts."""

from typing import Any

import pytest
from django.urls import ResolverMatch
from rest_framework.exceptions import NotFound
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import CharField, Serializer
from rest_framework.test import APIRequestFactory, force_authenticate

from accounts.models import Member
from libs.api.operations import operation
from libs.api.viewsets import StrictViewSet
from libs.throttling.throttles import rate_limit


class NameSerializer(Serializer[Any]):
    name = CharField()


@pytest.mark.parametrize(
    "wrong",
    [
        {"rate_limit": []},
        {"errors": ["not_found"]},
        {"errors": [ValueError]},
        {"rate_limits": [AllowAny]},
        {"exempt_from": [NotFound]},
        {"request": dict},
        {"request": {"application/json": "NameSerializer"}},
        {"query_parameters": "cursor"},
        {"stores_response": True},
        {"public": True, "idempotent": True},
        {"public": True, "exempt_from": [AllowAny]},
    ],
    ids=str,
)
def test_a_wrong_declaration_raises_while_it_is_imported(wrong: dict[str, Any]) -> None:
    with pytest.raises(TypeError):
        operation(summary="Do something", **wrong)


def test_an_unknown_scope_of_a_rate_limit_raises_while_it_is_imported() -> None:
    with pytest.raises(KeyError):
        operation(summary="Do something", rate_limits=[rate_limit("no-such-scope")])


@pytest.mark.parametrize(
    ("method", "wrong"),
    [
        ("post", {"etag": True}),
        ("get", {"if_match": True}),
        ("post", {"if_match": True}),
        ("put", {"idempotent": True}),
    ],
)
def test_what_the_method_cannot_do_raises_when_the_url_is_made(method: str, wrong: dict[str, Any]) -> None:
    class WrongViewSet(StrictViewSet):
        @operation(summary="Do something", **wrong)
        def act(self, request: Request) -> Response:
            return Response()

    with pytest.raises(TypeError):
        WrongViewSet.as_view({method: "act"})


def test_an_undeclared_action_raises_when_the_url_is_made() -> None:
    class UndeclaredViewSet(StrictViewSet):
        def act(self, request: Request) -> Response:
            return Response()

    with pytest.raises(TypeError, match=r"UndeclaredViewSet\.act has no operation"):
        UndeclaredViewSet.as_view({"get": "act"})


def test_the_serializer_is_that_of_the_media_type_or_the_first() -> None:
    class FormSerializer(NameSerializer):
        pass

    serializers = {"application/json": NameSerializer, "multipart/form-data": FormSerializer}
    declared = operation(summary="Act", request=serializers)
    types = (*serializers, "text/plain")
    assert [declared.serializer_for(one) for one in types] == [NameSerializer, FormSerializer, NameSerializer]


def test_query_parameters_are_those_of_the_serializer_and_those_named() -> None:
    declared = operation(summary="Act", query=NameSerializer, query_parameters=["cursor"])
    assert declared.known_parameters == {"name", "cursor"}


def test_an_action_that_forgets_to_store_its_response_fails_loudly(mina: Member) -> None:
    class ForgetfulViewSet(StrictViewSet):
        permission_classes = (AllowAny,)

        @operation(summary="Act", request=None, idempotent=True, stores_response=True, rate_limits=())
        def act(self, request: Request) -> Response:
            return Response()

    request = APIRequestFactory().post("/", HTTP_IDEMPOTENCY_KEY="k")
    request.resolver_match = ResolverMatch(lambda: None, (), {}, route="act")
    force_authenticate(request, mina)
    assert ForgetfulViewSet.as_view({"post": "act"})(request).status_code == 500
