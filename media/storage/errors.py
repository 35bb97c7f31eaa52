"""Translation of storage failures into StorageUnavailable."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import BotoCoreError, ClientError

from media.errors import StorageUnavailable

logger = logging.getLogger("media")


@contextmanager
def storage_errors() -> Iterator[None]:
    """Raise StorageUnavailable for whatever the disk or the bucket raises in the block."""
    try:
        yield
    except (OSError, BotoCoreError, ClientError) as fault:
        logger.warning("storage failed", extra={"error": type(fault).__name__})
        raise StorageUnavailable from fault
