"""The description of the API is valid, complete, and true."""

import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from functools import reduce
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from openapi_schema_validator import OAS31Validator, oas31_format_checker
from openapi_spec_validator import validate
from referencing import Registry
from referencing.jsonschema import DRAFT202012
from rest_framework.test import APIClient

from accounts.models import Export, Member
from posts.models import Post
from tests.factories import PASSWORD, PostFactory, upload
from tests.openapi_documents import openapi_document
from tests.project.problems import error_classes

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = openapi_document()
METHODS = ("get", "post", "put", "patch", "delete")
OPERATIONS = {
    f"{method.upper()} {address.removeprefix('/api/v1/')}": item[method]
    for address, item in DOCUMENT["paths"].items()
    for method in METHODS
    if method in item
}
ERRORS_PAGE = ROOT / "docs/errors.md"


def test_the_description_is_valid_openapi() -> None:
    validate(DOCUMENT)


@pytest.mark.parametrize("name", OPERATIONS)
def test_an_operation_says_what_it_does_takes_and_answers(name: str) -> None:
    operation = OPERATIONS[name]
    good = {status: answer for status, answer in operation["responses"].items() if status.startswith("2")}
    bad = {status: answer for status, answer in operation["responses"].items() if status[0] in "45"}
    assert operation["summary"]
    assert good
    assert {"500", "503"} <= set(bad)
    assert operation["responses"].keys() - good.keys() - bad.keys() <= {"303", "304"}
    assert bool(operation["security"]) == ("401" in bad) or name.startswith("POST sessions")
    assert all(list(answer["content"]) == ["application/problem+json"] for answer in bad.values())
    assert all(answer["content"]["application/problem+json"]["examples"] for answer in bad.values())


@pytest.mark.parametrize("name", OPERATIONS)
def test_an_operation_with_a_body_shows_an_example_of_it(name: str) -> None:
    operation = OPERATIONS[name]
    answer = next(answer for status, answer in operation["responses"].items() if status.startswith("2"))
    bodies = [*operation.get("requestBody", {}).get("content", {}).values(), *answer.get("content", {}).values()]
    json_bodies = [body for body in bodies if body["schema"].get("format") != "binary"]
    assert not json_bodies or any("examples" in body for body in json_bodies)


def test_files_are_binary_and_ids_are_text() -> None:
    schemas = DOCUMENT["components"]["schemas"]
    assert schemas["ImageUploadRequest"]["properties"]["image"]["format"] == "binary"
    assert schemas["PostUploadRequest"]["properties"]["images"]["items"]["format"] == "binary"
    named = [part["properties"]["id"]["type"] for part in schemas.values() if "id" in part.get("properties", {})]
    assert named
    assert set(named) == {"string"}


def test_the_codes_in_the_docs_are_those_that_the_server_gives() -> None:
    documented = re.findall(r"^\| `(\w+)` \| (\d{3}) \|", ERRORS_PAGE.read_text(), re.MULTILINE)
    ours = {(kind.default_code, str(kind.status_code)) for kind in error_classes(without="android")}
    assert len(documented) == len(set(documented))
    assert set(documented) == ours


def test_the_codes_in_the_description_are_in_the_docs_too() -> None:
    text = ERRORS_PAGE.read_text()
    documented = {
        code
        for operation in OPERATIONS.values()
        for status, answer in operation["responses"].items()
        if status[0] in "45"
        for code in answer["content"]["application/problem+json"]["examples"]
    }
    assert [code for code in sorted(documented) if f"| `{code}` |" not in text] == []


@pytest.fixture(scope="module")
def strict() -> Registry[Any]:
    """The description, read so that an answer may hold nothing that it does not name."""
    document = deepcopy(DOCUMENT)
    for part in document["components"]["schemas"].values():
        part["additionalProperties"] = False
    registry: Registry[Any] = Registry().with_resource("urn:api", DRAFT202012.create_resource(document))
    return registry


def fits(value: Any, strict: Registry[Any], *steps: str) -> bool:
    """Whether the value is what the description says at this place; raises ValidationError."""
    pointer = quote("/".join(step.replace("~", "~0").replace("/", "~1") for step in steps), safe="/~")
    schema = {"$ref": f"urn:api#/{pointer}"}
    OAS31Validator(schema, registry=strict, format_checker=oas31_format_checker).validate(value)
    return True


def examples(name: str) -> Iterator[tuple[str, ...]]:
    """Where in the description of an operation an example stands beside its schema."""
    method, _, address = name.partition(" ")
    operation, above = OPERATIONS[name], ("paths", f"/api/v1/{address}", method.lower())
    for kind in operation.get("requestBody", {}).get("content", {}):
        yield (*above, "requestBody", "content", kind)
    for status, answer in operation["responses"].items():
        yield from ((*above, "responses", status, "content", kind) for kind in answer.get("content", {}))


@pytest.mark.parametrize("name", OPERATIONS)
def test_an_example_is_what_its_schema_says(strict: Registry[Any], name: str) -> None:
    for place in examples(name):
        part = reduce(lambda part, step: part[step], place, DOCUMENT)
        assert all(fits(example["value"], strict, *place, "schema") for example in part.get("examples", {}).values())


def is_as_described(response: Any, name: str, strict: Registry[Any]) -> bool:
    """Whether the operation's description has this status, type and shape."""
    address, method = name.partition(" ")[2], name.partition(" ")[0].lower()
    described = OPERATIONS[name]["responses"][str(response.status_code)]
    if "content" not in described:
        return bool(response.content == b"")
    kind = response.headers["Content-Type"]
    assert list(described["content"]) == [kind]
    place = ("paths", f"/api/v1/{address}", method, "responses", str(response.status_code), "content", kind, "schema")
    return fits(response.json(), strict, *place)


@pytest.fixture
def lived_in(mina: Member, jun: Member, sora: Member, illustrated_by: Callable[[Member], Post]) -> Post:
    """Mina has an avatar, a follower, somebody she blocks, and a post with a picture."""
    jun.follow(mina)
    mina.follow(jun)
    mina.block(sora)
    PostFactory.create(author=jun)
    return illustrated_by(mina)


@pytest.fixture
def illustrated_by(store_image: Callable[..., Any]) -> Callable[[Member], Post]:
    """Gives a member an avatar and publishes a post of theirs with a picture."""

    def publish(author: Member) -> Post:
        author.set_avatar(store_image(author).pk)
        return Post.objects.publish(author=author, text="x", image_ids=[store_image(author).pk])

    return publish


READ = [
    "config",
    "posts",
    "posts/{post_id}",
    "me",
    "members/{member_id}",
    "members/{member_id}/followers",
    "members/{member_id}/following",
    "blocks",
    "sessions",
    "images/{image_id}",
    "me/exports",
    "me/exports/{export_id}",
]


@pytest.mark.parametrize("address", READ)
@pytest.mark.parametrize("is_finished", [False, True], ids=["at once", "with variants"])
def test_what_is_read_is_what_the_description_says(
    lived_in: Post,
    mina: Member,
    mina_api: APIClient,
    strict: Registry[Any],
    run_jobs: Callable[[], None],
    address: str,
    is_finished: bool,
) -> None:
    export, _ = Export.objects.request_export(mina)
    if is_finished:
        run_jobs()
    ids = {"post_id": lived_in.pk, "member_id": mina.pk, "image_id": lived_in.post_images.get().image_id}
    ids["export_id"] = export.pk
    response = mina_api.get(f"/api/v1/{address.format(**ids)}")
    assert response.status_code == 200
    assert response.json().get("results") != []
    assert is_as_described(response, f"GET {address}", strict)


def test_what_is_made_and_refused_is_what_the_description_says(
    mina: Member, mina_api: APIClient, strict: Registry[Any]
) -> None:
    signing_in = {"email": mina.email, "password": PASSWORD}
    pair = mina_api.post("/api/v1/sessions", signing_in, format="json")
    answers = {
        "POST sessions": pair,
        "POST sessions/refresh": mina_api.post(
            "/api/v1/sessions/refresh", {"refresh": pair.json()["refresh"]}, format="json"
        ),
        "POST images": mina_api.post("/api/v1/images", {"image": upload(), "alt": "x"}, format="multipart"),
        "POST posts": mina_api.post("/api/v1/posts", {"text": "x"}, format="json"),
        "PATCH me": mina_api.patch("/api/v1/me", {"about": "x"}, format="json"),
        "DELETE me/avatar": mina_api.delete("/api/v1/me/avatar"),
        "PUT follows/{member_id}": mina_api.put("/api/v1/follows/7"),
        "DELETE posts/{post_id}": mina_api.delete("/api/v1/posts/7"),
        "POST me/exports": mina_api.post("/api/v1/me/exports"),
        "POST members": mina_api.post("/api/v1/members", {"proof": "x", "is_staff": True}, format="json"),
    }
    assert all(is_as_described(answer, name, strict) for name, answer in answers.items())
