"""Write an export: JSON files, images and a manifest into a zip, with one image in memory at a time."""

from collections.abc import Container, Iterable, Iterator, Mapping
from typing import IO, Any, Self
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

import orjson
from django.template.loader import render_to_string
from django.utils import timezone

from accounts.exports.contents import image_path, iterate_by_id, without_missing_images
from accounts.exports.progress import ExportProgress
from accounts.member_data_registry import ExportContent, export_functions
from accounts.models import Export, Member
from libs.api.renderers import JSON_OPTIONS, json_default
from media.models import Image
from media.processing.decoding import is_sound
from media.storage import image_files

LANGUAGES = ("ko", "en")


class ZipWriter:
    """A zip that is being written, and the list of its files."""

    def __init__(self, file: IO[bytes]) -> None:
        self._zip = ZipFile(file, "w")
        self.files: list[dict[str, Any]] = []

    def add_file(self, name: str, parts: Iterable[bytes], *, compress: bool = True) -> None:
        """Write one file part by part."""
        info = ZipInfo(name, date_time=timezone.now().timetuple()[:6])
        info.compress_type = ZIP_DEFLATED if compress else ZIP_STORED
        info.external_attr = 0o644 << 16
        with self._zip.open(info, "w", force_zip64=True) as entry:
            size = sum(entry.write(part) for part in parts)
        self.files.append({"file": name, "bytes": size})

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        # After an error too: a ZipFile that is still open would write into its file when it is garbage collected.
        self._zip.close()


def write_export(export: Export, file: IO[bytes], progress: ExportProgress) -> None:
    """Write everything that is the member's; each JSON file and each image counts as progress.

    Raises StorageUnavailable when images cannot be read, ExportCancelled, or LeaseLost.
    """
    member = export.member
    with ZipWriter(file) as writer:
        for language in LANGUAGES:
            text = render_to_string(f"accounts/export/README.{language}.txt", {"member": member})
            writer.add_file(f"README.{language}.txt", [text.encode()])
        # First, so that no other file names an image that is not there. The list is bounded by IMAGE_QUOTA_COUNT.
        images = [_add_image(image, writer, progress) for image in iterate_by_id(images_to_export(member))]
        names = {image["file"] for image in images}
        for name, export_rows in export_functions().items():
            writer.add_file(f"{name}.json", _json_parts(export_rows(member), names, progress))
            progress.count_file()
        writer.add_file("pictures.json", _json_parts(images, names, progress))
        times = {"asked_at": export.created_at, "made_at": timezone.now()}
        writer.add_file("manifest.json", [_json({"member_id": str(member.pk), **times, "files": writer.files})])


def images_to_export(member: Member) -> Any:
    """All images of a member that are stored and not discarded."""
    return Image.objects.stored().filter(owner=member.pk)


def _json_parts(content: ExportContent, names: Container[str], progress: ExportProgress) -> Iterator[bytes]:
    """An object, or an array row by row, with null for images whose names are not among these."""
    if isinstance(content, Mapping):
        yield _json(without_missing_images(content, names))
        return
    before = b"[\n"
    for row in content:
        progress.save()
        yield before + _json(without_missing_images(row, names))
        before = b",\n"
    yield b"[]\n" if before == b"[\n" else b"\n]\n"


def _add_image(image: Image, writer: ZipWriter, progress: ExportProgress) -> dict[str, Any]:
    data, name = image_files.find_full(image.key), image_path(image.pk)
    if data is not None and not is_sound(data, image.bytes):
        data = None
    if data is not None:
        # A JPEG cannot be compressed further.
        writer.add_file(name, [data], compress=False)
    progress.count_file()
    fields = {name: getattr(image, name) for name in ("alt", "width", "height", "created_at")}
    # If storage has lost or damaged the file, the export says so and contains the rest.
    return {"id": str(image.pk), "file": name if data is not None else None, **fields}


def _json(value: Any) -> bytes:
    return orjson.dumps(value, default=json_default, option=JSON_OPTIONS | orjson.OPT_INDENT_2)
