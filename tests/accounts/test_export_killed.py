"""A worker process that is killed while it builds an export: another one builds it from the start."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from accounts.member_data_registry import export_functions
from accounts.models import Export, Member
from libs.outbox.models import Job
from media.image_urls import file_name
from media.models import Image
from media.storage import image_files
from tests.accounts.exports import download, request_export
from tests.conftest import logged_in
from tests.libs.outbox.processes import Environment, database_url, drain, start_worker
from tests.polling import wait_until

pytestmark = pytest.mark.usefixtures("shared_db")


@pytest.fixture
def environment(tmp_path: Path, settings: Any) -> Environment:
    """What makes a process work on this test's database and files, with a short lease."""
    for name, folder in (("default", "pictures"), ("private", "private")):
        settings.STORAGES = settings.STORAGES | {
            name: {"BACKEND": "media.storage.local.LocalStorage", "OPTIONS": {"location": tmp_path / folder}}
        }
    (tmp_path / "temporary").mkdir()
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": database_url(),
        "VAR_DIR": str(tmp_path),
        "TMPDIR": str(tmp_path / "temporary"),
        "OUTBOX_LEASE_SECONDS": "3",
    }


@contextmanager
def reader_waiting(pipe: Path) -> Iterator[None]:
    """Until somebody reads from the pipe; within, they wait for what comes."""
    ends: list[int] = []

    def is_being_read() -> bool:
        with suppress(OSError):
            ends.append(os.open(pipe, os.O_WRONLY | os.O_NONBLOCK))
        return bool(ends)

    wait_until(is_being_read)
    yield
    os.close(ends[0])


def test_an_export_whose_worker_was_killed_is_built_by_another(
    environment: Environment, tmp_path: Path, mina: Member, store_image: Callable[..., Image]
) -> None:
    images = [store_image(mina), store_image(mina)]
    Job.objects.all().delete()
    mina_api = logged_in(mina)
    url = request_export(mina_api)
    # The second image's file is a pipe: whoever opens it waits, with the first one packed already.
    path = tmp_path / "pictures" / file_name(images[1].key, "full")
    path.rename(path.with_suffix(".aside"))
    os.mkfifo(path)
    with start_worker(environment) as worker, reader_waiting(path):
        worker.send_signal(signal.SIGKILL)
        worker.wait()
    half = mina_api.get(url).json()
    assert (half["state"], half["progress"]["total"]) == ("running", len(export_functions()) + 2)
    path.with_suffix(".aside").replace(path)
    wait_until(lambda: drain(environment) == 0 and Export.objects.get().ready_at)
    assert Job.objects.get(kind="accounts.build_export").attempts == Export.objects.get().tries == 2
    archive = download(mina_api, url)
    assert all(
        archive.read(f"pictures/{image.pk}.jpg") == image_files.read_variant(image.key, "full") for image in images
    )
    assert len(list((tmp_path / "private").rglob("*.*"))) == 1
    assert list((tmp_path / "temporary").iterdir()) == []
