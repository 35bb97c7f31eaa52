"""Compare the files of images with their rows, in one pass over both in the order of their names."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from django.conf import settings
from django.core.files.storage import storages
from django.db import models
from django.utils import timezone

from media.image_urls import file_name
from media.models import Image
from media.storage.errors import storage_errors
from media.storage.listing import StoredFile, list_files

# Names of the two storages.
PUBLIC, PRIVATE = "default", "private"
# Keys of images without a file that are named; after the loss of a bucket there would be millions.
MAX_LISTED = 1_000
# Rows read at a time.
CHUNK = 5_000


@dataclass(frozen=True)
class ImageFolder:
    """A folder of a storage. `rows` has the rows, by `key`, whose files may lie in it, `complete` those whose must."""

    storage: str
    name: str
    rows: Callable[[], models.QuerySet[Any]]
    complete: Callable[[], models.QuerySet[Any]]


def _withheld_images() -> models.QuerySet[Any]:
    """Images that a job has had the time to move."""
    return Image.objects.stored().filter(withheld_at__lt=_old())


_folders = [
    ImageFolder(PUBLIC, "images/", Image.objects.all, Image.objects.public),
    ImageFolder(PRIVATE, "images/", Image.objects.all, _withheld_images),
]


def add_image_folder(folder: ImageFolder) -> None:
    """Have the files of a folder compared, too; for apps that store images of their own."""
    _folders.append(folder)


def folders_of(storage: str) -> list[ImageFolder]:
    """Return the folders of a storage in the order of their names."""
    return sorted((folder for folder in _folders if folder.storage == storage), key=lambda folder: folder.name)


@dataclass
class Comparison:
    """What was found in a part of a folder, up to the file `last`."""

    last: str = ""
    files: int = 0
    without_row: list[StoredFile] = field(default_factory=list)
    # Images that should be readable and have no full file: how many, and the keys of the first MAX_LISTED.
    missing: int = 0
    without_file: list[str] = field(default_factory=list)

    def add(self, page: "Comparison") -> None:
        """Add what was found in the next part."""
        self.last, self.files = page.last or self.last, self.files + page.files
        self.without_row += page.without_row
        self.missing += page.missing
        self.without_file += page.without_file[: MAX_LISTED - len(self.without_file)]


def compare(folder: ImageFolder, *, after: str = "") -> Iterator[Comparison]:
    """Yield a comparison for each page of files of a folder after this one.

    Files that are younger than IMAGE_UNREFERENCED_HOURS are left out. An image whose files are on two pages is compared
    with the second. Raises StorageUnavailable.
    """
    carried: list[StoredFile] = []
    key_after = _key_of(after)
    pages = list_files(folder.storage, folder.name, after=after)
    page = next(pages, [])
    if not page:
        # No file is left, so that every row after this one lacks its own.
        yield _compare(folder, [], key_after, is_last=True)
    while page or carried:
        following = next(pages, [])
        files = [*carried, *page]
        carried = [file for file in files if _key_of(file.name) == _key_of(files[-1].name)] if following else []
        complete = files[: len(files) - len(carried)]
        if complete:
            yield _compare(folder, complete, key_after, is_last=not following)
            key_after = _key_of(complete[-1].name)
        page = following


def delete_orphans(folder: ImageFolder, files: list[StoredFile]) -> int:
    """Delete files that no row has; returns their bytes. Raises StorageUnavailable."""
    keys = {_key_of(file.name) for file in files}
    # Looked up again, since a page may have been listed a while ago.
    known = set(folder.rows().filter(key__in=keys).values_list("key", flat=True))
    gone = [file for file in files if _key_of(file.name) not in known]
    with storage_errors():
        for file in gone:
            storages[folder.storage].delete(file.name)
    return sum(file.bytes for file in gone)


def _compare(folder: ImageFolder, files: list[StoredFile], key_after: str, *, is_last: bool) -> Comparison:
    by_key = {key: list(group) for key, group in groupby(files, lambda file: _key_of(file.name))}
    rows = folder.complete().filter(key__gt=key_after)
    rows = rows if is_last else rows.filter(key__lte=max(by_key))
    known = set(folder.rows().filter(key__in=by_key).values_list("key", flat=True))
    names, old = {file.name for file in files}, _old()
    found = Comparison(
        last=files[-1].name if files else "",
        files=len(files),
        without_row=[
            file for key, group in by_key.items() if key not in known for file in group if file.changed_at < old
        ],
    )
    for key in rows.order_by("key").values_list("key", flat=True).iterator(CHUNK):
        if file_name(key, "full") not in names:
            found.missing += 1
            found.without_file += [key] if found.missing <= MAX_LISTED else []
    return found


def _old() -> datetime:
    return timezone.now() - timedelta(hours=settings.IMAGE_UNREFERENCED_HOURS)


def _key_of(name: str) -> str:
    return name.partition(".")[0]
