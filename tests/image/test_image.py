"""The finished image serves, in production settings, what the README shows: sign-up, images, a post in the feed."""

import re
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import boto3
import httpx
import psycopg
import pytest
from aiosmtpd.controller import Controller

from tests.accounts.smtp_server import SmtpServer
from tests.config.startup import PRODUCTION_ENVIRONMENT
from tests.factories import picture_bytes
from tests.image.containers import ENTRYPOINT, run, running
from tests.polling import wait_until
from tests.services import free_port

pytestmark = pytest.mark.image
BUCKETS = ("pictures", "private")
S3_KEYS = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
EDGE = {"Host": "api.heart.example", "X-Forwarded-For": "192.0.2.7", "X-Forwarded-Proto": "https"}


@pytest.fixture(scope="module")
def mail_server() -> Iterator[tuple[SmtpServer, int]]:
    """A mail server on this machine, without TLS and password."""
    smtp_server, port = SmtpServer(), free_port()
    controller = Controller(smtp_server, hostname="127.0.0.1", port=port)
    controller.start()
    yield smtp_server, port
    controller.stop()


@pytest.fixture(scope="module")
def environment(
    postgres_url: str, redis_server_url: str, s3_url: str, mail_server: tuple[SmtpServer, int]
) -> dict[str, str]:
    """Production settings with real services, and an empty database."""
    name = f"image_{uuid4().hex}"
    with psycopg.connect(postgres_url.replace("postgres:", "postgresql:", 1), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    for bucket in BUCKETS:
        storage(s3_url).create_bucket(Bucket=bucket)
    return PRODUCTION_ENVIRONMENT | {
        "DATABASE_URL": postgres_url.rpartition("/")[0] + f"/{name}",
        "REDIS_URL": redis_server_url,
        "STORAGE_ENDPOINT": s3_url,
        **{name.upper(): value for name, value in S3_KEYS.items()},
        "EMAIL_HOST": "127.0.0.1",
        "EMAIL_PORT": str(mail_server[1]),
        "EMAIL_USE_TLS": "off",
        "PORT": str(free_port()),
        "WORKERS": "2",
    }


def storage(url: str) -> Any:
    """A client of the S3 server."""
    return boto3.resource("s3", endpoint_url=url, region_name="us-east-1", **S3_KEYS)


@pytest.fixture(scope="module")
def api(environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A client of the image's server, whose outbox workers run in a container of their own."""
    logs = tmp_path_factory.mktemp("logs")
    run(environment, ENTRYPOINT, "migrate")
    url = f"http://127.0.0.1:{environment['PORT']}"
    with (
        running(environment, logs / "outbox", "outbox", "--lanes", "email", "files"),
        running(environment, logs / "web"),
        httpx.Client(base_url=f"{url}/api/v1/", headers=EDGE, trust_env=False, timeout=60) as client,
    ):
        wait_until(lambda: client.get(f"{url}/readyz").is_success, retry_on=(httpx.TransportError,))
        yield client


def test_a_stranger_signs_up_and_publishes_two_images(
    api: httpx.Client, mail_server: tuple[SmtpServer, int], s3_url: str
) -> None:
    access = sign_up(api, mail_server[0], "newcomer@heart.example")
    images = [("images", (f"{number}.jpg", picture_bytes())) for number in range(2)]
    headers = {"Authorization": f"Bearer {access}"}
    assert api.post("posts", data={"text": "My first post."}, files=images, headers=headers).status_code == 201
    (post,) = api.get("posts", params={"limit": 1}, headers=headers).json()["results"]
    assert (post["text"], len(post["images"])) == ("My first post.", 2)
    for image in post["images"]:
        key = image["urls"]["full"].removeprefix(PRODUCTION_ENVIRONMENT["IMAGE_BASE_URL"] + "/")
        assert storage(s3_url).Object("pictures", key).content_type == "image/jpeg"


def sign_up(api: httpx.Client, mail: SmtpServer, email: str) -> str:
    """Sign up by the e-mailed code; returns an access token."""
    ticket = api.post("verification-codes", json={"email": email}).json()["ticket"]
    message: Any = wait_until(lambda: next((each for each in mail.messages if each["To"] == email), None))
    body = message.get_body(("plain",))
    (code,) = re.findall(r"^    (\S+)\s*$", body.get_content(), re.MULTILINE)
    proof = api.post("verification-codes/confirm", json={"email": email, "code": code, "ticket": ticket}).json()[
        "proof"
    ]
    person = {"password": "three small words", "name": "New Comer", "nickname": "Newcomer"}
    joined = api.post("members", json={"proof": proof, "terms_version": "2026-11-01", **person})
    return str(joined.json()["access"])


def test_the_container_runs_as_nobody_special_and_cannot_change_itself(environment: dict[str, str]) -> None:
    found = run(environment, "python", "-c", "import os; print(os.getuid(), os.access('/app/manage.py', os.W_OK))")
    assert found.split() == ["10001", "False"]
    assert run(environment, "sh", "-c", "find / -xdev -writable -type f -not -path '/proc/*' 2>/dev/null || true") == ""


def test_the_image_contains_neither_tests_nor_tools_that_install(environment: dict[str, str]) -> None:
    files = run(environment, "sh", "-c", "ls /app; ls /opt/venv/bin").split()
    assert {"manage.py", "gunicorn"} <= set(files)
    assert not {"tests", "docs", "benchmarks", ".git", "Makefile", "pip", "pytest"} & set(files)


def test_each_role_of_the_image_runs_and_ends(environment: dict[str, str], api: httpx.Client) -> None:
    assert "reports" in run(environment, ENTRYPOINT, "cleanup", "--json")
    assert "no issues" in run(environment, ENTRYPOINT, "check", "--deploy", "--fail-level", "WARNING")
    run(environment, "python", "deploy/image/healthcheck.py")


def test_the_admin_of_the_image_has_its_styles(api: httpx.Client, environment: dict[str, str]) -> None:
    page = api.get(f"http://127.0.0.1:{environment['PORT']}/admin/login/")
    (path, *_) = re.findall(r'href="(/static/admin/css/base[^"]*)"', page.text)
    assert "text/css" in api.get(f"http://127.0.0.1:{environment['PORT']}{path}").headers["Content-Type"]
