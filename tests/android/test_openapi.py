"""The description of the Android API is valid, complete, and true of real answers."""

import os
import subprocess
import sys
from collections.abc import Callable
from copy import deepcopy
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from django.test import Client
from django.urls import resolve
from openapi_schema_validator import OAS31Validator, oas31_format_checker
from openapi_spec_validator import validate
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from accounts.models import Member
from android.error_codes import ANY_4XX, ANY_5XX, CALLS
from android.openapi import AppGenerator
from android.urls import urlpatterns
from tests.android.app import KNOWN, App, LoggedOut, Refused
from tests.android.calls import LISTS
from tests.android.conftest import CodeFor
from tests.android.okhttp import Answer, Request
from tests.factories import picture_bytes
from tests.openapi_documents import openapi_document

DOCUMENT = openapi_document(AppGenerator)
OPERATIONS: dict[str, tuple[str, str, dict[str, Any]]] = {
    operation["operationId"]: (address, method, operation)
    for address, item in DOCUMENT["paths"].items()
    for method, operation in item.items()
}
# The app would crash at these codes. They are sent only where the connection cannot be closed; gunicorn can close it.
LAST_RESORT = {"verifyAccessToken", "reissueToken"}
TOKENLESS = {"emailVerificationCode", "confirmVerificationCode", "join", "login", "reissueToken"}


def test_the_description_of_the_apps_api_is_valid_openapi() -> None:
    assert DOCUMENT["openapi"] == "3.1.0"
    validate(DOCUMENT)


def test_the_description_has_the_eighteen_calls_and_no_other() -> None:
    assert len(OPERATIONS) == 18
    assert set(OPERATIONS) == {pattern.name for pattern in urlpatterns}
    assert not any("/api/" in address for address in DOCUMENT["paths"])
    tags = {address.split("/")[1]: operation["tags"] for address, _, operation in OPERATIONS.values()}
    assert tags == {"auth": ["auth"], "member": ["member"], "post": ["post"]}


@pytest.mark.parametrize("call", OPERATIONS)
def test_a_call_is_deprecated_and_says_where_a_token_is_shown(call: str) -> None:
    _, _, operation = OPERATIONS[call]
    assert operation["deprecated"] is True
    assert operation.get("security", []) == ([] if call in TOKENLESS else [{"bearer": []}])
    names = [parameter["name"] for parameter in operation.get("parameters", [])]
    assert len(names) == len(set(names))


def codes(call: str) -> dict[int, list[str]]:
    """Status and codes of every refusal that the description has for a call."""
    refused = {status: data for status, data in OPERATIONS[call][2]["responses"].items() if status[0] in "45"}
    return {
        int(status): data["content"]["application/json"]["schema"]["allOf"][1]["properties"]["code"]["enum"]
        for status, data in refused.items()
    }


@pytest.mark.parametrize("call", OPERATIONS)
def test_every_refusal_in_the_table_of_codes_is_in_the_description(call: str) -> None:
    data = {
        exchanges for name, exchanges in CALLS.get(call, {}).items() if name not in (ANY_4XX, ANY_5XX) and exchanges
    }
    assert {(status, code) for status, code in data if code not in codes(call).get(status, [])} == set()


def test_the_forms_with_pictures_are_multipart_and_their_files_binary() -> None:
    forms = {call for call, (_, _, data) in OPERATIONS.items() if "multipart" in str(data.get("requestBody"))}
    assert forms == {"uploadAvatar", "registerPost"}
    schemas = DOCUMENT["components"]["schemas"]
    assert schemas["AvatarRequest"]["properties"]["file"]["format"] == "binary"
    assert schemas["NewPostRequest"]["properties"]["files"]["items"]["format"] == "binary"


@pytest.fixture(scope="module")
def strict() -> Registry[Any]:
    """The description, read so that an answer may hold nothing that it does not name."""
    document = deepcopy(DOCUMENT)
    for part in document["components"]["schemas"].values():
        part["additionalProperties"] = False
    registry: Registry[Any] = Registry().with_resource("urn:app", DRAFT202012.create_resource(document))
    return registry


def check(exchanges: list[tuple[Request, Answer]], strict: Registry[Any]) -> set[tuple[str, int]]:
    """Raise unless each answer is as its call is described; the calls and statuses that were looked at."""
    return {_checked(request, answer, strict) for request, answer in exchanges}


def _checked(request: Request, answer: Answer, strict: Registry[Any]) -> tuple[str, int]:
    call = str(resolve(urlsplit(request.path).path).url_name)
    address, method, operation = OPERATIONS[call]
    described = operation["responses"][str(answer.status)]
    if answer.status == 204:
        assert "content" not in described
        return call, answer.status
    steps = ["paths", address, method, "responses", str(answer.status), "content", "application/json", "schema"]
    pointer = quote("/".join(step.replace("~", "~0").replace("/", "~1") for step in steps), safe="/~")
    OAS31Validator({"$ref": f"urn:app#/{pointer}"}, registry=strict, format_checker=oas31_format_checker).validate(
        answer.json()
    )
    return call, answer.status


def test_good_answers_of_every_call_are_as_the_description_says(
    app: App, mina_app: App, jun: Member, code_for: CodeFor, strict: Registry[Any]
) -> None:
    app.confirm_code("new@example.com", code_for("new@example.com"))
    app.join("new@example.com", "Secret#1234")
    app.login("new@example.com", "Secret#1234")
    app.start()
    app.logout()
    mina_app.upload_avatar(picture_bytes())
    post = mina_app.register_post("x", {"a.jpg": picture_bytes()})
    mina_app.register_post("without a picture", {})
    mina_app.posts()
    mina_app.own_posts()
    mina_app.profile(jun.pk)
    mina_app.block(jun.pk)
    mina_app.blocking()
    mina_app.unblock(jun.pk)
    mina_app.report(jun.pk)
    mina_app.delete_post(post["post_id"])
    mina_app.send = spoiling_once(mina_app.send)
    mina_app.posts()
    mina_app.delete_account()
    checked = check([*app.exchanges, *mina_app.exchanges], strict)
    assert {call for call, status in checked if status < 300} == set(OPERATIONS)


def spoiling_once(send: Callable[..., Answer]) -> Callable[..., Answer]:
    """The first token that is sent is a broken one, so that the app renews."""
    left = [1]

    def spoil(request: Request, access: str, patience: float) -> Answer:
        return send(request, "broken" if left and left.pop() else access, patience)

    return spoil


def test_refusals_of_every_call_are_as_the_description_says(
    app: App, mina: Member, mina_app: App, strict: Registry[Any]
) -> None:
    missing, nobody = 2**62, "nobody@example.com"
    refused: list[Callable[[], Any]] = [
        lambda: app.ask_code("no address"),
        lambda: app.confirm_code(nobody, "wrong"),
        lambda: app.join(nobody, "Secret#1234"),
        lambda: app.join(nobody, "weak"),
        lambda: app.login(mina.email, "Wrong#1234"),
        lambda: mina_app.upload_avatar(b"no picture"),
        lambda: mina_app.register_post("x", {"a.jpg": b"no picture"}),
        lambda: mina_app.register_post(" ", {}),
        lambda: mina_app.posts(page=-1),
        lambda: mina_app.own_posts(size=51),
        lambda: mina_app.profile(missing),
        lambda: mina_app.block(mina.pk),
        lambda: mina_app.report(missing),
        lambda: mina_app.delete_post(missing),
    ]
    for call in refused:
        with pytest.raises(Refused):
            call()
    checked = check([*app.exchanges, *mina_app.exchanges], strict)
    others = {"verifyAccessToken", "reissueToken", "logout", "unblock", "getBlockingMembers", "deleteMember"}
    assert {call for call, status in checked if status >= 400} == set(OPERATIONS) - others


def test_refusals_of_tokens_and_of_other_actors_are_as_the_description_says(
    mina_app: App, jun: Member, strict: Registry[Any]
) -> None:
    session = mina_app.session
    assert session is not None
    session.member_id = jun.pk
    for call in (mina_app.posts, mina_app.blocking, mina_app.delete_account):
        mina_app.session = session
        with pytest.raises(LoggedOut):
            call()
    session.access = "broken"
    for call in (mina_app.start, mina_app.logout, mina_app.profile):
        mina_app.session = session
        with pytest.raises(Refused):
            call()
    checked = check(mina_app.exchanges, strict)
    assert {("posts", 403), ("deleteMember", 403), ("reissueToken", 401), ("logout", 401)} <= checked


@pytest.mark.parametrize("address", ["/docs/android/", "/docs/android/schema"])
def test_the_page_and_the_document_are_there(client: Client, address: str) -> None:
    assert client.get(address).status_code == 200
    assert "Deprecation" not in client.get(address).headers


def test_neither_is_there_where_no_docs_are_shown() -> None:
    script = "import django; django.setup(); from django.test import Client; print(*map(lambda path: Client().get(path)"
    script += ".status_code, ('/docs/android/', '/docs/android/schema', '/docs/android', '/docs/')))"
    environment = os.environ | {"API_DOCS": "0", "DJANGO_SETTINGS_MODULE": "config.settings"}
    data = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True)
    assert data.stdout.splitlines()[-1] == "404 404 404 404"


def test_the_codes_in_the_description_are_those_that_the_app_knows() -> None:
    for call in OPERATIONS:
        documented = {code for named in codes(call).values() for code in named}
        assert documented - KNOWN[LISTS[call]] <= ({"GLOBAL_006"} if call in LAST_RESORT else set())
