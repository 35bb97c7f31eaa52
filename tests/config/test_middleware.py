"""What every answer passes: ids, the line in the log, and headers."""

import re
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.utils.functional import SimpleLazyObject
from structlog.contextvars import get_contextvars
from structlog.testing import capture_logs

from config.middleware import ContentSecurityPolicyMiddleware, NoStoreMiddleware, RequestLogMiddleware


def _logged(request: HttpRequest, status: int = 200) -> tuple[HttpResponse, dict[str, Any]]:
    with capture_logs() as lines:
        response = RequestLogMiddleware(lambda request: HttpResponse(status=status))(request)
    (line,) = lines
    return response, dict(line)


def test_a_request_without_an_id_is_given_one_that_nobody_has() -> None:
    first, _ = _logged(RequestFactory().get("/"))
    second, _ = _logged(RequestFactory().get("/"))
    assert re.fullmatch("[0-9a-f]{32}", first["X-Request-ID"])
    assert first["X-Request-ID"] != second["X-Request-ID"]


def test_the_id_of_the_edge_is_kept_and_answered() -> None:
    response, _ = _logged(RequestFactory().get("/", headers={"X-Request-ID": "edge-1.2_3-4567"}))
    assert response["X-Request-ID"] == "edge-1.2_3-4567"


@pytest.mark.parametrize("given", ["short", "a" * 65, "with space in it", "broken\nline", "ä" * 10, "<script>1"])
def test_an_id_that_could_do_harm_is_replaced(given: str) -> None:
    request = RequestFactory().get("/")
    request.META["HTTP_X_REQUEST_ID"] = given
    response, _ = _logged(request)
    assert re.fullmatch("[0-9a-f]{32}", response["X-Request-ID"])


def test_the_line_names_the_route_and_neither_path_nor_query() -> None:
    request = RequestFactory().post("/api/v1/posts/77?token=hush")
    request.resolver_match = SimpleNamespace(route="api/v1/posts/<int:pk>")  # type: ignore[assignment]
    _, line = _logged(request, status=201)
    assert (line["method"], line["route"], line["status"]) == ("POST", "api/v1/posts/<int:pk>", 201)
    assert "hush" not in str(line)
    assert "77" not in str(line["route"])


def test_the_line_names_a_member_who_is_known_already() -> None:
    request = RequestFactory().get("/")
    request.user = SimpleNamespace(pk=7)  # type: ignore[assignment]
    assert _logged(request)[1]["member"] == 7
    request.user = AnonymousUser()
    assert _logged(request)[1]["member"] is None


def test_the_line_does_not_ask_who_somebody_is() -> None:
    request = RequestFactory().get("/")
    request.user = SimpleLazyObject(lambda: pytest.fail("the log looked a member up"))  # type: ignore[assignment]
    assert _logged(request)[1]["member"] is None


def test_what_is_logged_in_between_carries_the_id_and_nothing_after_it_does() -> None:
    seen: dict[str, Any] = {}

    def view(request: HttpRequest) -> HttpResponse:
        seen.update(get_contextvars())
        return HttpResponse()

    response = RequestLogMiddleware(view)(RequestFactory().get("/"))
    assert seen == {"request_id": response["X-Request-ID"]}
    assert get_contextvars() == {}


def test_pages_say_what_they_may_load_and_other_answers_do_not() -> None:
    page = ContentSecurityPolicyMiddleware(lambda request: HttpResponse("<p>"))(RequestFactory().get("/docs/"))
    data = ContentSecurityPolicyMiddleware(lambda request: HttpResponse("{}", content_type="application/json"))(
        RequestFactory().get("/")
    )
    assert "default-src 'self'; " in page["Content-Security-Policy"]
    assert "script-src" not in page["Content-Security-Policy"]
    assert "Content-Security-Policy" not in data


def test_answers_of_the_api_are_stored_nowhere_unless_the_view_says_so() -> None:
    plain = NoStoreMiddleware(lambda request: HttpResponse())
    cached = NoStoreMiddleware(lambda request: HttpResponse(headers={"Cache-Control": "public, max-age=60"}))
    assert plain(RequestFactory().get("/api/v1/me"))["Cache-Control"] == "no-store"
    assert cached(RequestFactory().get("/api/v1/config"))["Cache-Control"] == "public, max-age=60"
    assert "Cache-Control" not in plain(RequestFactory().get("/static/x.css"))


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/api/v1/config", "/livez", "/nowhere", "/docs/", "/pictures/nothing"])
def test_a_head_has_the_length_of_a_get_and_no_body(client: Client, path: str) -> None:
    head, get = client.head(path), client.get(path)
    assert head.status_code == get.status_code
    assert head.content == b""
    assert head["Content-Length"] == str(len(get.content))
