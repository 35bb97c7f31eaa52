"""Processing of uploaded files: limits on bytes and pixels, decoding in few threads, and one JPEG per image."""

import logging
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, wait
from contextlib import contextmanager, nullcontext
from functools import cache
from subprocess import TimeoutExpired
from threading import Semaphore
from typing import Any

from django.conf import settings
from django.core.files.base import File

from libs.thread_pools import CallerThreadPoolExecutor
from media.errors import Busy, ImageTooLarge, ImageTooManyPixels, NotAnImage, TooManyImages
from media.formats import InvalidImage, ParsedImage, TooManyPixels, parse_image
from media.formats.parsed_image import check_pixel_count
from media.processing import decoding, sandbox
from media.processing.decoding import ProcessedImage
from media.switches import accepted_formats

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
# Threads of the process that take no uploads, so that other requests are answered while images are decoded.
THREADS_FOR_OTHER_REQUESTS = 2
# How often a request that waits for its images looks whether its client is still there. Seconds.
CLIENT_CHECK_SECONDS = 0.1
_large_image_lock = Semaphore()


def accepted_media_types() -> list[str]:
    """The media types of the formats that are decoded."""
    return [media_type for name in accepted_formats() for media_type in MEDIA_TYPES_BY_FORMAT[name]]


def process_all(files: "Sequence[File[Any]]", check_client: Callable[[], None] = lambda: None) -> list[ProcessedImage]:
    """Process all files, in order, or none.

    `check_client` is called before, while and after images are decoded. When it raises, because nobody waits for them
    any more, no further image is decoded.

    Raises what `check_client` raises, TooManyImages, ImageTooLarge, ImageTooManyPixels, NotAnImage or Busy.
    """
    if len(files) > settings.POST_MAX_IMAGES:
        raise TooManyImages
    if any((file.size or 0) > settings.IMAGE_MAX_BYTES for file in files):
        raise ImageTooLarge
    with _limit_uploads():
        return _process_in_pool(files, check_client)


@contextmanager
def _limit_uploads() -> Iterator[None]:
    """Count one upload in progress; raises Busy when all threads that take uploads have one."""
    free_threads = _upload_semaphore(max(1, settings.THREADS - THREADS_FOR_OTHER_REQUESTS))
    # Without waiting: a thread that waits for another upload would not answer other requests either.
    if not free_threads.acquire(blocking=False):
        raise Busy
    try:
        yield
    finally:
        free_threads.release()


def _process_in_pool(files: "Sequence[File[Any]]", check_client: Callable[[], None]) -> list[ProcessedImage]:
    # The pool decodes the images of one upload after those of another: the first is done early, and the last is not
    # later than if all took turns.
    check_client()
    pool = _decoder_pool(settings.IMAGE_DECODER_THREADS)
    tasks = [pool.submit(process_image, file) for file in files]
    try:
        while not _is_finished(tasks):
            check_client()
        check_client()
        return [task.result() for task in tasks]
    finally:
        for task in tasks:
            task.cancel()


def _is_finished(tasks: "Sequence[Future[ProcessedImage]]") -> bool:
    """Wait a moment for all tasks; raises the error of the first that has failed."""
    done, waiting = wait(tasks, CLIENT_CHECK_SECONDS, FIRST_EXCEPTION)
    for task in tasks:
        if task in done:
            task.result()
    return not waiting


def process_image(file: "File[Any]") -> ProcessedImage:
    """Parse, decode and re-encode one file; raises ImageTooManyPixels, NotAnImage or Busy."""
    file.seek(0)
    try:
        return _process_parsed(parse_image(file.read(), accepted_formats()))
    except TooManyPixels as fault:
        raise ImageTooManyPixels from fault
    except InvalidImage as fault:
        raise NotAnImage from fault
    except TimeoutExpired as fault:
        # No fault of the file, whose decoder may take less processor time than that.
        raise Busy from fault
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
        return decoding.reencode(image, parsed, longest_side)


@cache
def _upload_semaphore(uploads: int) -> Semaphore:
    return Semaphore(uploads)


@cache
def _decoder_pool(threads: int) -> CallerThreadPoolExecutor:
    # Threads suffice, since decoders release the GIL; the whole process has few, since each needs memory.
    return CallerThreadPoolExecutor(threads, "decoder")
