"""Request ids, the request log, and the headers that middleware adds."""

import re
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.utils.functional import SimpleLazyObject
from pytest_django import Settings
from structlog.contextvars import get_contextvars
from structlog.testing import capture_logs

from config.middleware import ContentSecurityPolicyMiddleware, NoStoreMiddleware, RequestLogMiddleware
from media.image_urls import image_urls


def _logged(request: HttpRequest, status: int = 200) -> tuple[HttpResponse, dict[str, Any]]:
    with capture_logs() as lines:
        response = RequestLogMiddleware(lambda request: HttpResponse(status=status))(request)
    (line,) = lines
    return response, dict(line)


def test_a_request_without_an_id_gets_a_unique_one() -> None:
    first, _ = _logged(RequestFactory().get("/"))
    second, _ = _logged(RequestFactory().get("/"))
    assert re.fullmatch("[0-9a-f]{32}", first["X-Request-ID"])
    assert first["X-Request-ID"] != second["X-Request-ID"]


def test_a_valid_request_id_of_the_proxy_is_kept_and_returned() -> None:
    response, _ = _logged(RequestFactory().get("/", headers={"X-Request-ID": "proxy-1.2_3-4567"}))
    assert response["X-Request-ID"] == "proxy-1.2_3-4567"


@pytest.mark.parametrize("received", ["short", "a" * 65, "with space in it", "broken\nline", "ä" * 10, "<script>1"])
def test_an_invalid_request_id_is_replaced_by_a_new_one(received: str) -> None:
    request = RequestFactory().get("/")
    request.META["HTTP_X_REQUEST_ID"] = received
    response, _ = _logged(request)
    assert re.fullmatch("[0-9a-f]{32}", response["X-Request-ID"])


def test_the_request_log_has_the_route_but_no_path_or_query() -> None:
    request = RequestFactory().post("/api/v1/posts/77?token=secret")
    request.resolver_match = SimpleNamespace(route="api/v1/posts/<int:pk>")  # type: ignore[assignment]
    _, line = _logged(request, status=201)
    assert (line["method"], line["route"], line["status"]) == ("POST", "api/v1/posts/<int:pk>", 201)
    assert "secret" not in str(line)
    assert "77" not in str(line["route"])


def test_the_request_log_names_a_member_who_is_already_loaded() -> None:
    request = RequestFactory().get("/")
    request.user = SimpleNamespace(pk=7)  # type: ignore[assignment]
    assert _logged(request)[1]["member"] == 7
    request.user = AnonymousUser()
    assert _logged(request)[1]["member"] is None


def test_the_request_log_does_not_load_the_member_itself() -> None:
    request = RequestFactory().get("/")
    request.user = SimpleLazyObject(lambda: pytest.fail("the log loaded the member"))  # type: ignore[assignment]
    assert _logged(request)[1]["member"] is None


def test_log_lines_of_a_request_have_its_id_and_later_ones_do_not() -> None:
    seen: dict[str, Any] = {}

    def view(request: HttpRequest) -> HttpResponse:
        seen.update(get_contextvars())
        return HttpResponse()

    response = RequestLogMiddleware(view)(RequestFactory().get("/"))
    assert seen == {"request_id": response["X-Request-ID"]}
    assert get_contextvars() == {}


def test_only_html_responses_have_a_content_security_policy() -> None:
    page = ContentSecurityPolicyMiddleware(lambda request: HttpResponse("<p>"))(RequestFactory().get("/docs/"))
    data = ContentSecurityPolicyMiddleware(lambda request: HttpResponse("{}", content_type="application/json"))(
        RequestFactory().get("/")
    )
    assert "default-src 'self'; " in page["Content-Security-Policy"]
    assert "script-src" not in page["Content-Security-Policy"]
    assert "Content-Security-Policy" not in data


def test_pages_may_show_all_images_below_the_url_of_images() -> None:
    # A source with a path is one file, unless it ends with a slash.
    source = settings.CONTENT_SECURITY_POLICY["img-src"].split()[-1]
    assert source.endswith("/")
    assert image_urls("images/2026/11/ab", has_variants=True)["feed"].startswith(source)


def test_api_responses_are_not_cached_unless_the_view_allows_it() -> None:
    plain = NoStoreMiddleware(lambda request: HttpResponse())
    cached = NoStoreMiddleware(lambda request: HttpResponse(headers={"Cache-Control": "public, max-age=60"}))
    assert plain(RequestFactory().get("/api/v1/me"))["Cache-Control"] == "no-store"
    assert cached(RequestFactory().get("/api/v1/config"))["Cache-Control"] == "public, max-age=60"
    assert "Cache-Control" not in plain(RequestFactory().get("/static/x.css"))


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/api/v1/config", "/livez", "/nowhere", "/docs/", "/pictures/nothing"])
def test_head_has_the_content_length_of_get_and_no_body(client: Client, path: str) -> None:
    head, get = client.head(path), client.get(path)
    assert head.status_code == get.status_code
    assert head.content == b""
    assert head["Content-Length"] == str(len(get.content))


class Stamp:
    """A middleware of pages that leaves its mark on responses, and fails when asked to."""

    def __init__(self, get_response: Any) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "fail" in request.GET:
            raise Http404
        response: HttpResponse = self.get_response(request)
        response.headers["X-Stamp"] = "page"
        return response


def test_middleware_of_pages_does_not_run_for_the_api(settings: Settings) -> None:
    settings.PAGE_MIDDLEWARE = [f"{__name__}.Stamp"]
    found = [Client().get(path).headers.get("X-Stamp") for path in ("/api/v1/config", "/docs/", "/livez")]
    assert found == [None, "page", None]


def test_an_exception_of_a_page_middleware_passes_the_outer_ones_as_a_response(settings: Settings) -> None:
    settings.PAGE_MIDDLEWARE = [f"{__name__}.Stamp"]
    failed = Client().get("/docs/?fail=1")
    assert (failed.status_code, failed.headers["X-Content-Type-Options"]) == (404, "nosniff")
