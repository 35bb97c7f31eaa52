"""Packing an export: JSON files, pictures and a manifest into a zip, with one picture in memory at a time."""

from collections.abc import Iterable, Iterator, Mapping
from typing import IO, Any, Self
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

import orjson
from django.template.loader import render_to_string
from django.utils import timezone

from accounts.exports.contents import image_path, iterate_by_id
from accounts.exports.progress import Progress
from accounts.member_data_registry import ExportContent, export_functions
from accounts.models import Export, Member
from libs.api.renderers import JSON_OPTIONS, json_default
from media.models import Image
from media.storage import image_files

LANGUAGES = ("ko", "en")


class Parcel:
    """A zip that is being filled, and the list of what went in."""

    def __init__(self, file: IO[bytes]) -> None:
        self._zip = ZipFile(file, "w")
        self.manifest: list[dict[str, Any]] = []

    def add(self, name: str, parts: Iterable[bytes], *, packed: bool = True, **told: Any) -> None:
        """Write one file part by part; JPEGs are packed already and are stored as they are."""
        info = ZipInfo(name, date_time=timezone.now().timetuple()[:6])
        info.compress_type = ZIP_DEFLATED if packed else ZIP_STORED
        info.external_attr = 0o644 << 16
        with self._zip.open(info, "w", force_zip64=True) as entry:
            size = sum(entry.write(part) for part in parts)
        self.manifest.append({"file": name, "bytes": size, **told})

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *fault: object) -> None:
        # Also after a fault: a ZipFile that is still open would write into its file when it is forgotten.
        self._zip.close()


def pack(export: Export, file: IO[bytes], progress: Progress) -> None:
    """Fill the file with all that is the member's; each JSON file and each picture counts as progress.

    Raises StorageUnavailable when pictures cannot be read, Unwanted, or LeaseLost.
    """
    member = export.member
    with Parcel(file) as parcel:
        for language in LANGUAGES:
            text = render_to_string(f"accounts/export/README.{language}.txt", {"member": member})
            parcel.add(f"README.{language}.txt", [text.encode()])
        for name, export_rows in export_functions().items():
            parcel.add(f"{name}.json", written(export_rows(member), progress))
            progress.step()
        # After all that refers to them. The list is bounded by IMAGE_QUOTA_COUNT.
        listed = [_packed(image, parcel, progress) for image in iterate_by_id(pictures_of(member))]
        parcel.add("pictures.json", written(listed, progress))
        told = {"member_id": str(member.pk), "asked_at": export.created_at, "made_at": timezone.now()}
        parcel.add("manifest.json", [_json({**told, "files": parcel.manifest})])


def pictures_of(member: Member) -> Any:
    """The pictures that go in: all that the member has sent and kept."""
    return Image.objects.stored().filter(owner=member.pk)


def written(told: ExportContent, progress: Progress) -> Iterator[bytes]:
    """JSON for people: an object, or an array row by row."""
    if isinstance(told, Mapping):
        yield _json(told)
        return
    before = b"[\n"
    for row in told:
        progress.beat()
        yield before + _json(row)
        before = b",\n"
    yield b"[]\n" if before == b"[\n" else b"\n]\n"


def _packed(image: Image, parcel: Parcel, progress: Progress) -> dict[str, Any]:
    data, name = image_files.find_variant(image.key, "full"), image_path(image.pk)
    if data is not None:
        parcel.add(name, [data], packed=False)
    progress.step()
    shown = {name: getattr(image, name) for name in ("alt", "width", "height", "created_at")}
    # A file that storage has lost is told, and keeps nobody from the rest.
    return {"id": str(image.pk), "file": name if data is not None else None, **shown}


def _json(value: Any) -> bytes:
    return orjson.dumps(value, default=json_default, option=JSON_OPTIONS | orjson.OPT_INDENT_2)
