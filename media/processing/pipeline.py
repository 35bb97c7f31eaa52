"""Processing of uploaded files: limits on bytes and pixels, decoding in few threads, and one JPEG per image."""

import logging
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from functools import cache
from threading import Semaphore
from typing import Any

from django.conf import settings
from django.core.files.base import File
from django.utils.translation import get_language, override

from media.errors import Busy, ImageTooLarge, ImageTooManyPixels, NotAnImage, TooManyImages
from media.formats import InvalidImage, ParsedImage, TooManyPixels, parse_image
from media.formats.parsed_image import check_pixel_count
from media.processing import decoding, sandbox
from media.processing.decoding import ProcessedImage

logger = logging.getLogger("media")

MEDIA_TYPES_BY_FORMAT = {
    "JPEG": ["image/jpeg"],
    "PNG": ["image/png"],
    "WEBP": ["image/webp"],
    "AVIF": ["image/avif"],
    "HEIC": ["image/heic", "image/heif"],
}
# Larger images that must be decoded at full size are processed one at a time: two would take a gigabyte. Pixels.
LARGE_IMAGE_PIXELS = 24_000_000
# How long a request with images waits before it is refused as Busy. Seconds.
MAX_WAIT = 1.0
_large_image_lock = Semaphore()


def accepted_media_types() -> list[str]:
    """The media types of the formats in IMAGE_FORMATS."""
    return [media_type for name in settings.IMAGE_FORMATS for media_type in MEDIA_TYPES_BY_FORMAT[name]]


def process_all(files: "Sequence[File[Any]]") -> list[ProcessedImage]:
    """Process all files, in order, or none.

    Raises TooManyImages, ImageTooLarge, ImageTooManyPixels, NotAnImage or Busy.
    """
    if len(files) > settings.POST_MAX_IMAGES:
        raise TooManyImages
    if any((file.size or 0) > settings.IMAGE_MAX_BYTES for file in files):
        raise ImageTooLarge
    with _upload_slot():
        return _process_in_pool(files)


@contextmanager
def _upload_slot() -> Iterator[None]:
    """Let half of the process's threads take images, so that the others answer other requests; raises Busy."""
    slots = _upload_slots(max(1, settings.THREADS // 2))
    if not slots.acquire(timeout=MAX_WAIT):
        raise Busy
    try:
        yield
    finally:
        slots.release()


def _process_in_pool(files: "Sequence[File[Any]]") -> list[ProcessedImage]:
    # Threads suffice, since decoders release the GIL; the whole process has few, since each needs memory.
    pool, language = _decoder_pool(settings.IMAGE_DECODER_THREADS), get_language() or "en"
    tasks = [pool.submit(_process_in_language, language, file) for file in files]
    try:
        return [task.result() for task in tasks]
    finally:
        for task in tasks:
            task.cancel()


def _process_in_language(language: str, file: "File[Any]") -> ProcessedImage:
    """As `process_image`, with errors in the request's language, which a pool's thread does not know."""
    with override(language):
        return process_image(file)


def process_image(file: "File[Any]") -> ProcessedImage:
    """Parse, decode and re-encode one file; raises ImageTooManyPixels or NotAnImage."""
    file.seek(0)
    try:
        return _process_parsed(parse_image(file.read(), settings.IMAGE_FORMATS))
    except TooManyPixels as fault:
        raise ImageTooManyPixels from fault
    except InvalidImage as fault:
        raise NotAnImage from fault
    # For a broken file a decoder may raise anything: SyntaxError, OverflowError, struct.error, MemoryError.
    except Exception as fault:
        logger.info("image refused by its decoder", extra={"error": type(fault).__name__})
        raise NotAnImage from fault


def _process_parsed(parsed: ParsedImage) -> ProcessedImage:
    max_pixels, longest_side = settings.IMAGE_MAX_PIXELS, settings.IMAGE_LONGEST_SIDE
    if parsed.format in sandbox.FORMATS:
        return sandbox.process_in_sandbox(parsed, max_pixels, longest_side)
    check_pixel_count(parsed, max_pixels)
    is_large = parsed.pixels > LARGE_IMAGE_PIXELS and not parsed.can_decode_scaled
    with _large_image_lock if is_large else nullcontext():
        image, parsed = decoding.open_image(parsed, max_pixels)
        return decoding.reencode(image, parsed.orientation, longest_side)


@cache
def _upload_slots(number: int) -> Semaphore:
    return Semaphore(number)


@cache
def _decoder_pool(threads: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(threads, "decoder")
