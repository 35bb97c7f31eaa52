"""Every error is application/problem+json in the client's language, and reveals nothing of the server."""

import re
import socket
from collections.abc import Iterator

import pytest
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import IntegrityError, OperationalError, connections
from django.db.backends.postgresql.base import DatabaseWrapper
from django.http import Http404, HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from pytest_django import Settings
from rest_framework.decorators import api_view, authentication_classes, permission_classes
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.test import APIClient

from config import urls
from config.urls import handler400, handler403, handler404, handler500  # noqa: F401 - Django looks for them here
from tests.project.problems import is_problem

POSTS = "/api/v1/posts"
FAULTS: dict[str, tuple[type[Exception], int]] = {
    "value": (ValueError, 500),
    "lookup": (KeyError, 500),
    "database": (OperationalError, 503),
    "integrity": (IntegrityError, 409),
    "permission": (PermissionDenied, 403),
    "suspicious": (SuspiciousOperation, 400),
    "nothing": (Http404, 404),
}
pytestmark = pytest.mark.django_db


@api_view(["GET"])
@authentication_classes([])
@permission_classes([])
def broken(request: Request, fault: str) -> Response:
    raise FAULTS[fault][0]("hush")


def plainly_broken(request: HttpRequest, fault: str) -> HttpResponse:
    raise FAULTS[fault][0]("hush")


urlpatterns = [
    *urls.urlpatterns,
    path("api/v1/broken/<fault>", broken),
    path("broken/<fault>", plainly_broken),
]


@pytest.mark.parametrize(
    "address",
    ["/nowhere", "/api", "/api/v1", "/api/v1/", "/api/v2/posts", "/api/v1/posts/", "/static/x.js", "/pictures/../x"]
    + [f"/api/v1/posts/{number}" for number in ("0", "-1", "x", "9" * 25, 2**63, 2**63 - 1, "%00", "%FF", "\u0661")],
)
def test_an_address_that_leads_nowhere_is_a_problem_not_a_page(mina_api: APIClient, address: str) -> None:
    assert is_problem(mina_api.get(address, headers={"Accept": "text/html"}), 404, "not_found")


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("address", ["/", "/docs", "/admin", "/api/v1/schema/", "/pictures/x", "/static/x"])
def test_a_form_from_elsewhere_is_refused_without_a_page(method: str, address: str) -> None:
    browser = Client(enforce_csrf_checks=True, raise_request_exception=False)
    response = browser.generic(method, address, "x=1", "application/x-www-form-urlencoded")
    assert is_problem(response, response.status_code)
    assert response.status_code in (403, 404)


def test_pages_for_people_fail_as_pages() -> None:
    browser = Client(raise_request_exception=False)
    assert browser.get("/docs/nowhere").headers["Content-Type"].startswith("text/html")
    assert browser.get("/admin/nowhere", follow=True).headers["Content-Type"].startswith("text/html")


@pytest.mark.parametrize(("fault", "status"), [(fault, status) for fault, (_, status) in FAULTS.items()])
def test_a_fault_of_ours_says_nothing_of_itself(api: APIClient, settings: Settings, fault: str, status: int) -> None:
    settings.ROOT_URLCONF = __name__
    response = api.get(f"/api/v1/broken/{fault}", headers={"Accept": "text/html"})
    assert is_problem(response, status)
    assert b"hush" not in response.content
    assert ("Retry-After" in response.headers) == (status == 503)


@pytest.mark.parametrize(
    ("fault", "status"), [("value", 500), ("permission", 403), ("suspicious", 400), ("nothing", 404)]
)
def test_a_fault_outside_the_api_is_told_in_the_same_shape(
    api: APIClient, settings: Settings, fault: str, status: int
) -> None:
    settings.ROOT_URLCONF = __name__
    response = api.get(f"/broken/{fault}", headers={"Accept": "text/html"})
    assert is_problem(response, status)
    assert b"hush" not in response.content


def test_a_host_that_is_not_ours_is_refused(api: APIClient, settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["heart.example"]
    assert is_problem(api.get("/api/v1/config", headers={"Host": "evil.example"}), 400, "malformed")
    assert api.get("/api/v1/config", headers={"Host": "heart.example"}).status_code == 200
    forwarded = {"Host": "heart.example", "X-Forwarded-Host": "evil.example"}
    assert api.get("/api/v1/config", headers=forwarded).status_code == 200


@pytest.fixture
def without_database(db: None) -> Iterator[None]:
    """A database server that is not there."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        here = connections["default"]
        nowhere = {"HOST": "127.0.0.1", "PORT": taken.getsockname()[1], "NAME": "x", "USER": "x", "OPTIONS": {}}
        connections["default"] = DatabaseWrapper(here.settings_dict | nowhere, "default")
        yield
        connections["default"] = here


def test_a_database_that_is_away_is_told_with_a_time_to_come_back(
    mina_api: APIClient, api: APIClient, without_database: None
) -> None:
    signing_in = {"email": "mina@example.com", "password": "x"}
    for response in (mina_api.get(POSTS), api.post("/api/v1/sessions", signing_in, format="json")):
        assert is_problem(response, 503, "unavailable")
        assert int(response.headers["Retry-After"]) > 0
    assert api.get("/api/v1/config").status_code == 200


def test_one_request_too_many_is_told_with_a_time_to_come_back(mina_api: APIClient, settings: Settings) -> None:
    settings.THROTTLE_RATES = settings.THROTTLE_RATES | {"post-member": "1/hour"}
    mina_api.post(POSTS, {"text": "x"}, format="json")
    response = mina_api.post(POSTS, {"text": "x"}, format="json")
    assert is_problem(response, 429, "too_many_requests")
    assert 0 < int(response.headers["Retry-After"]) <= 3_600


def test_the_id_of_the_client_is_the_id_of_the_problem(api: APIClient) -> None:
    response = api.get("/nowhere", headers={"X-Request-ID": "phone-4711-0001"})
    assert response.json()["request_id"] == response.headers["X-Request-ID"] == "phone-4711-0001"


def test_a_request_without_a_token_gets_the_challenge_of_bearer(api: APIClient) -> None:
    assert api.get(POSTS).headers["WWW-Authenticate"] == "Bearer"
    api.credentials(HTTP_AUTHORIZATION="Bearer x.y.z")
    assert api.get(POSTS).headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'


HANGUL = re.compile("[가-힣]")


def test_people_read_problems_in_korean_or_english_and_machines_read_the_code(mina_api: APIClient) -> None:
    for address in ("/nowhere", f"{POSTS}?foo=1", f"{POSTS}?limit=0", f"{POSTS}?author=x", f"{POSTS}?cursor=x"):
        korean, english = (mina_api.get(address, headers={"Accept-Language": way}) for way in ("ko-KR,ko", "en"))
        in_korean, in_english = korean.json(), english.json()
        assert in_korean["code"] == in_english["code"]
        assert korean.headers["Content-Language"] == "ko"
        texts = [in_korean["title"], in_korean["detail"], *(fault["detail"] for fault in in_korean.get("errors", []))]
        assert all(map(HANGUL.search, texts)), texts
        assert not HANGUL.search(english.content.decode())


@pytest.mark.parametrize(
    "language",
    [
        "",
        "*",
        "xx-YY",
        "ko;q=0",
        "ko;Q=0.000 , fr",
        "ko; q=0, en;q=0.1",
        "ko;q=abc",
        ";;;,,,",
        "ko" * 2_000,
        "\x7f",
        "../../ko",
        "de, ja",
    ],
)
def test_a_language_we_do_not_speak_is_answered_in_english(api: APIClient, language: str) -> None:
    response = api.get(POSTS, headers={"Accept-Language": language})
    assert is_problem(response, 401, "not_authenticated")
    assert response.json()["title"] == "Not logged in"


@pytest.mark.parametrize(
    "languages",
    ["en;q=0, ko", "ko-KR;q=0, ko", ",ko", ", ,ko,", "en_US,ko;q=0.9", "fr;q=abc, ko", "*;q=0.001,KO-kr;Q=0.5"],
)
def test_languages_that_are_refused_malformed_or_empty_hide_no_other(api: APIClient, languages: str) -> None:
    assert api.get(POSTS, headers={"Accept-Language": languages}).headers["Content-Language"] == "ko"


@pytest.mark.parametrize("accept", ["text/html", "application/xml", "nonsense", "application/json;q=0", ""])
def test_whatever_a_client_accepts_it_gets_json(mina_api: APIClient, accept: str) -> None:
    assert mina_api.get(POSTS, headers={"Accept": accept}).headers["Content-Type"] == "application/json"
    assert is_problem(mina_api.get("/nowhere", headers={"Accept": accept}), 404)


def test_no_other_site_reads_us_unless_it_is_named(api: APIClient, settings: Settings) -> None:
    origin = {"Origin": "https://web.example"}
    preflight = origin | {"Access-Control-Request-Method": "POST"}
    closed = [api.get("/api/v1/config", headers=origin), api.options("/api/v1/sessions", headers=preflight)]
    assert [name for answer in closed for name in answer.headers if name.startswith("Access-Control")] == []
    settings.CORS_ALLOWED_ORIGINS = ["https://web.example"]
    # A new client, because the middleware is chosen when a server starts.
    answer = APIClient().get("/api/v1/config", headers=origin)
    assert answer.headers["Access-Control-Allow-Origin"] == "https://web.example"
    assert "Access-Control-Allow-Credentials" not in answer.headers


def test_a_named_site_sends_and_reads_every_header_of_ours(api: APIClient, settings: Settings) -> None:
    settings.CORS_ALLOWED_ORIGINS = ["https://web.example"]
    wanted = {"authorization", "content-type", "if-match", "if-none-match", "idempotency-key", "x-request-id"}
    preflight_headers = {
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": ",".join(sorted(wanted)),
    }
    preflight = api.options(POSTS, headers={"Origin": "https://web.example"} | preflight_headers)
    assert wanted <= set(preflight.headers["Access-Control-Allow-Headers"].split(", "))
    answer = api.get("/api/v1/config", headers={"Origin": "https://web.example"})
    readable = set(answer.headers["Access-Control-Expose-Headers"].split(", "))
    assert {"X-Request-ID", "Retry-After", "ETag", "RateLimit", "RateLimit-Policy", "Idempotency-Replayed"} <= readable


def test_personal_answers_and_problems_are_stored_nowhere(mina_api: APIClient, api: APIClient) -> None:
    answers = [mina_api.get(POSTS), api.get("/api/v1/me"), api.get(POSTS), api.get("/api/v1/nowhere")]
    assert {answer.headers["Cache-Control"] for answer in answers} == {"no-store"}
    assert api.get("/api/v1/config").headers["Cache-Control"] == "public, max-age=300"
    assert {answer.headers["X-Content-Type-Options"] for answer in answers} == {"nosniff"}
