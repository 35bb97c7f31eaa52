"""Files in S3, or in a store that speaks its protocol: a public bucket for images, and a private one.

The private one has the exports, the images of removed posts and the copies of reported images.
"""

from functools import cached_property
from typing import Any

from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from django.conf import settings
from storages.backends.s3 import S3Storage

from media.image_urls import CACHE_CONTROL

# How long a signed URL is good: enough to follow a redirect, too short to be of use in a stolen log. Seconds.
SIGNED_SECONDS = 60


class PublicS3Storage(S3Storage):  # type: ignore[misc]
    """A bucket that anybody may read; it fails after STORAGE_TIMEOUT, and all threads share its connections."""

    def get_default_settings(self) -> dict[str, Any]:
        """The settings of every bucket; STORAGES names the bucket."""
        defaults: dict[str, Any] = super().get_default_settings()
        return defaults | {
            "file_overwrite": False,
            "default_acl": None,
            "querystring_auth": False,
            "object_parameters": {"CacheControl": CACHE_CONTROL},
            "client_config": _client_config(),
            # The files are small; threads for the parts of one file would only add threads.
            "transfer_config": TransferConfig(use_threads=False),
        }

    @cached_property
    def connection(self) -> Any:
        """One for all threads: creating one takes 100 ms, and its client may be shared."""
        return self._create_session().resource(
            "s3", region_name=self.region_name, endpoint_url=self.endpoint_url, config=self.client_config
        )


class PrivateS3Storage(PublicS3Storage):
    """A bucket that is read by signed URLs only, good for SIGNED_SECONDS; a retry overwrites the file."""

    def get_default_settings(self) -> dict[str, Any]:
        """The settings of a public bucket, but for access, caching and overwriting."""
        return super().get_default_settings() | {
            "file_overwrite": True,
            "querystring_auth": True,
            "querystring_expire": SIGNED_SECONDS,
            "object_parameters": {"CacheControl": "private, no-store"},
        }


def _client_config() -> Config:
    return Config(
        signature_version="s3v4",
        # Two attempts within STORAGE_TIMEOUT; after that the client tries again.
        connect_timeout=settings.STORAGE_TIMEOUT / 2,
        read_timeout=settings.STORAGE_TIMEOUT / 2,
        retries={"total_max_attempts": 2, "mode": "standard"},
        max_pool_connections=settings.THREADS * 4,
        # Stores other than AWS do not know the newer checksums.
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )
