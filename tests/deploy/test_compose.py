"""The one-machine stack: README's lines through nginx, with a standby, a bucket and e-mails by SMTP."""

import json
import re
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.deploy.compose_stack import ComposeStack, compose_stack
from tests.factories import picture_bytes
from tests.polling import wait_until
from tests.project.test_readme import README
from tests.services import has_postgres, has_redis, program

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not (has_postgres() and has_redis() and program("nginx")), reason="needs PostgreSQL, Redis, nginx"
    ),
]


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
    images = f"http://127.0.0.1:{stack.ports['images']}"
    assert httpx.get(f"{images}/private/exports/1.zip", trust_env=False).status_code == 404
    assert httpx.put(f"{images}/pictures/images/new.jpg", content=b"x", trust_env=False).status_code == 403
