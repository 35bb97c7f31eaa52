"""The way in for what a stranger calls a picture: refused early, decoded within bounds, finished as one JPEG."""

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

TYPES = {
    "JPEG": ["image/jpeg"],
    "PNG": ["image/png"],
    "WEBP": ["image/webp"],
    "AVIF": ["image/avif"],
    "HEIC": ["image/heic", "image/heif"],
}
# Pictures above this that must be decoded in full wait for each other, so that two do not take a gigabyte. Pixels.
GIANT = 24_000_000
# How long a request waits for its pictures' turn. Seconds.
PATIENCE = 1.0
_one_giant = Semaphore()


def accepted_media_types() -> list[str]:
    """The media types of the formats in IMAGE_FORMATS, which is what `process_all` takes."""
    return [name for kind in settings.IMAGE_FORMATS for name in TYPES[kind]]


def process_all(files: "Sequence[File[Any]]") -> list[ProcessedImage]:
    """Every file as a finished picture, in order; none is better than some, so the first fault refuses them all.

    Raises TooManyImages, ImageTooLarge, ImageTooManyPixels, NotAnImage or Busy.
    """
    if len(files) > settings.POST_MAX_IMAGES:
        raise TooManyImages
    if any((file.size or 0) > settings.IMAGE_MAX_BYTES for file in files):
        raise ImageTooLarge
    with _place():
        return _process_in_pool(files)


@contextmanager
def _place() -> Iterator[None]:
    """One of the process's few places for requests with pictures: half its threads, so that others still get answers.

    Raises Busy when none becomes free in a second.
    """
    places = _places(max(1, settings.THREADS // 2))
    if not places.acquire(timeout=PATIENCE):
        raise Busy
    try:
        yield
    finally:
        places.release()


def _process_in_pool(files: "Sequence[File[Any]]") -> list[ProcessedImage]:
    # Threads, because decoders let go of Python's lock; few of them for the whole process, because each needs memory.
    decoders, language = _decoders(settings.IMAGE_DECODER_THREADS), get_language() or "en"
    tasks = [decoders.submit(_process_in_language, language, file) for file in files]
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
    """One file as a finished picture; raises ImageTooManyPixels or NotAnImage."""
    file.seek(0)
    try:
        return _process_parsed(parse_image(file.read(), settings.IMAGE_FORMATS))
    except TooManyPixels as fault:
        raise ImageTooManyPixels from fault
    except InvalidImage as fault:
        raise NotAnImage from fault
    # Decoders raise what they like when a file is broken: SyntaxError, OverflowError, struct.error, MemoryError.
    except Exception as fault:
        logger.info("picture refused by its decoder", extra={"error": type(fault).__name__})
        raise NotAnImage from fault


def _process_parsed(parts: ParsedImage) -> ProcessedImage:
    if parts.format in sandbox.FORMATS:
        return sandbox.process_in_sandbox(parts, settings.IMAGE_MAX_PIXELS, settings.IMAGE_LONGEST_SIDE)
    check_pixel_count(parts, settings.IMAGE_MAX_PIXELS)
    with _one_giant if parts.pixels > GIANT and not parts.can_decode_scaled else nullcontext():
        image, parts = decoding.open_image(parts, settings.IMAGE_MAX_PIXELS)
        return decoding.reencode(image, parts.orientation, settings.IMAGE_LONGEST_SIDE)


@cache
def _places(number: int) -> Semaphore:
    return Semaphore(number)


@cache
def _decoders(number: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(number, "decoder")
