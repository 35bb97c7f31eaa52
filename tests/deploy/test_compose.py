"""The one-machine stack: README's lines through nginx, with a standby, a bucket and e-mails by SMTP."""

import json
import re
import subprocess
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from secrets import token_hex

import httpx
import pytest

from operations.demo_data import DEMO_MEMBER, DEMO_PASSWORD
from tests.deploy.compose_stack import ComposeStack, compose_stack, has_prometheus
from tests.factories import picture_bytes
from tests.polling import wait_until
from tests.project.test_readme import README
from tests.server_process import ROOT
from tests.services import has_postgres, has_redis, program

pytestmark = [
    pytest.mark.drill,
    pytest.mark.skipif(
        not (has_postgres() and has_redis() and program("nginx")), reason="needs PostgreSQL, Redis, nginx"
    ),
]
ENTRYPOINT = ROOT / "deploy/image/entrypoint.sh"


@pytest.fixture(scope="module")
def stack(s3_url: str) -> Iterator[ComposeStack]:
    """The running services."""
    with compose_stack(s3_url) as running:
        yield running


@pytest.fixture
def folder(tmp_path: Path, stack: ComposeStack) -> Iterator[Path]:
    """A folder with two images, where e-mails arrive as files: what the lines of the README look for."""
    images, mail = tmp_path / "var/pictures/images/2026/11", tmp_path / "var/mail"
    images.mkdir(parents=True)
    mail.mkdir()
    for number in range(2):
        (images / f"{number}.full.jpg").write_bytes(picture_bytes())
    ended = threading.Event()

    def write_emails() -> None:
        while not ended.wait(0.1):
            for message in list(stack.mail.messages):
                body = message.get_body(("plain",))
                lines = body.get_content().splitlines() if body else []
                (mail / str(message["To"])).write_text("\n".join(lines))

    thread = threading.Thread(target=write_emails)
    thread.start()
    yield tmp_path
    ended.set()
    thread.join()


def test_the_lines_of_the_readme_work_on_the_whole_stack(stack: ComposeStack, folder: Path) -> None:
    (lines,) = re.findall(r"^```bash\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
    typed = lines.replace("http://127.0.0.1:8000", stack.url)
    # However long this machine takes.
    typed = typed.replace("sleep 2", "until [ -s var/mail/$ME ]; do sleep 0.1; done")
    done = subprocess.run(["bash", "-c", typed], cwd=folder, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    (post,) = json.loads("{" + done.stdout.partition("{\n")[2])["results"]
    assert (post["text"], len(post["images"])) == ("My first post.", 2)
    for image in post["images"]:
        assert httpx.get(image["urls"]["full"], trust_env=False).headers["Content-Type"] == "image/jpeg"


def test_the_standby_of_the_stack_has_what_the_primary_has(stack: ComposeStack) -> None:
    members = stack.query("postgres", "SELECT count(*) FROM accounts_member")
    assert stack.query("standby", "SELECT pg_is_in_recovery()") is True
    assert members >= 5
    wait_until(lambda: stack.query("standby", "SELECT count(*) FROM accounts_member") == members)


def test_the_bucket_behind_nginx_shows_images_only(stack: ComposeStack) -> None:
    assert httpx.get(f"{stack.images}/private/exports/1.zip", trust_env=False).status_code == 404
    assert httpx.put(f"{stack.images}/pictures/images/new.jpg", content=b"x", trust_env=False).status_code == 403


@pytest.mark.skipif(not has_prometheus(), reason="needs Prometheus, its node exporter and Alertmanager")
def test_every_query_of_every_dashboard_finds_data(stack: ComposeStack, folder: Path) -> None:
    empty, headers = set(dashboard_queries()), log_in(stack)
    stack.run("cleanup", str(ENTRYPOINT), "cleanup")

    def are_all_answered() -> bool:
        make_traffic(stack, headers)
        empty.difference_update([query for query in empty if has_data(stack, query)])
        return not empty

    with suppress(AssertionError):
        wait_until(are_all_answered)
    assert empty == set()


def dashboard_queries() -> list[str]:
    dashboards = [json.loads(file.read_text()) for file in (ROOT / "deploy/monitoring/dashboards").glob("*.json")]
    return [target["expr"] for each in dashboards for panel in each["panels"] for target in panel["targets"]]


def has_data(stack: ComposeStack, query: str) -> bool:
    reply = httpx.get(f"{stack.prometheus}/api/v1/query", params={"query": query}, trust_env=False).json()
    assert reply["status"] == "success", (query, reply)
    return any(series["value"][1] != "NaN" for series in reply["data"]["result"])


def log_in(stack: ComposeStack) -> dict[str, str]:
    """Log in, after a wrong password; returns the headers of a member."""
    sessions, account = f"{stack.url}/api/v1/sessions", {"email": DEMO_MEMBER, "password": "not this one"}
    assert httpx.post(sessions, json=account, trust_env=False).status_code == 401
    reply = httpx.post(sessions, json=account | {"password": DEMO_PASSWORD}, trust_env=False)
    return {"Authorization": f"Bearer {reply.json()['access']}"}


def make_traffic(stack: ComposeStack, headers: dict[str, str]) -> None:
    """Read the feed and its author, be refused for an image, ask for an e-mail, and call as the Android app does."""
    with httpx.Client(base_url=f"{stack.url}/api/v1/", headers=headers, trust_env=False, timeout=60) as api:
        (post, *_) = api.get("posts").json()["results"]
        api.get(f"members/{post['author']['id']}")
        api.post("images", files={"image": ("not.jpg", b"not an image")})
        api.post("verification-codes", json={"email": f"{token_hex(4)}@heart.example"})
        httpx.post(f"{stack.url}/auth/verifyAccessToken", trust_env=False)
