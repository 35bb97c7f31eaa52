"""Files as objects in a bucket, pictures for everybody and private ones: S3, or a store that speaks like it."""

from functools import cached_property
from typing import Any

from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from django.conf import settings
from storages.backends.s3 import S3Storage

# Long enough for a client to follow a redirect, too short to be worth stealing from a log. Seconds.
SIGNED_SECONDS = 60


class PublicS3Storage(S3Storage):  # type: ignore[misc]
    """A bucket that is given up after STORAGE_TIMEOUT, and whose connections all threads share."""

    def get_default_settings(self) -> dict[str, Any]:
        """What every bucket of ours has in common; STORAGES names the bucket."""
        defaults: dict[str, Any] = super().get_default_settings()
        return defaults | {
            "file_overwrite": False,
            "default_acl": None,
            "querystring_auth": False,
            "object_parameters": {"CacheControl": "public, max-age=31536000, immutable"},
            "client_config": _client_config(),
            # Our files are small; a thread for each part of one would only add threads.
            "transfer_config": TransferConfig(use_threads=False),
        }

    @cached_property
    def connection(self) -> Any:
        """One for all threads: building one takes 100 ms, and the client behind it may be shared."""
        return self._create_session().resource(
            "s3", region_name=self.region_name, endpoint_url=self.endpoint_url, config=self.client_config
        )


class PrivateS3Storage(PublicS3Storage):
    """A bucket that nobody reads without an address signed for SIGNED_SECONDS; a second try replaces the first's."""

    def get_default_settings(self) -> dict[str, Any]:
        """As above, less what makes pictures public."""
        return super().get_default_settings() | {
            "file_overwrite": True,
            "querystring_auth": True,
            "querystring_expire": SIGNED_SECONDS,
            "object_parameters": {"CacheControl": "private, no-store"},
        }


def _client_config() -> Config:
    return Config(
        signature_version="s3v4",
        # Two tries within STORAGE_TIMEOUT; after that the phone tries again by itself.
        connect_timeout=settings.STORAGE_TIMEOUT / 2,
        read_timeout=settings.STORAGE_TIMEOUT / 2,
        retries={"total_max_attempts": 2, "mode": "standard"},
        max_pool_connections=settings.THREADS * 4,
        # Stores other than AWS do not know the newer checksums.
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )
