"""Exports in a bucket over HTTP: the file has a URL that is signed for a minute."""

import hmac
import io
import os
import zipfile
from collections.abc import Callable, Iterator
from hashlib import sha256
from typing import IO, Any, cast
from urllib.parse import parse_qs, parse_qsl, quote, urlencode, urlsplit

import boto3
import httpx
import pytest
from django.core.files.storage import storages
from rest_framework.test import APIClient

from accounts.exports import export_files
from accounts.exports.builder import LeaseRenewingFile
from accounts.exports.progress import ExportCancelled, ExportProgress
from accounts.models import Export, Member
from tests.accounts.exports import read_json, request_export
from tests.erasing import erase
from tests.factories import PostFactory

SECRET = "secret"


@pytest.fixture
def bucket(s3_url: str, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """An empty private bucket."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    options = {"bucket_name": "private", "region_name": "us-east-1", "endpoint_url": s3_url}
    private = {"BACKEND": "media.storage.s3.PrivateS3Storage", "OPTIONS": options}
    settings.STORAGES = settings.STORAGES | {"private": private}
    client = boto3.resource("s3", endpoint_url=s3_url, region_name="us-east-1")
    made = client.create_bucket(Bucket="private")
    yield made
    made.objects.all().delete()
    made.delete()
    storage: Any = storages["private"]
    storage.connection.meta.client.close()
    client.meta.client.close()


def test_the_download_redirects_to_a_url_signed_for_a_minute(
    bucket: Any, mina: Member, mina_api: APIClient, run_jobs: Callable[[], None]
) -> None:
    PostFactory.create(author=mina, text="in the bucket")
    url = request_export(mina_api)
    run_jobs()
    response = mina_api.get(f"{url}/file")
    assert (response.status_code, response.content) == (303, b"")
    assert response.headers["Cache-Control"] == "no-store"
    signed = parse_qs(urlsplit(response.headers["Location"]).query)
    assert signed["X-Amz-Expires"] == ["60"]
    assert signed["X-Amz-Signature"]
    file = httpx.get(response.headers["Location"])
    assert file.headers["Content-Disposition"].startswith('attachment; filename="heart-to-heart-')
    assert file.headers["Content-Type"] == "application/zip"
    assert read_json(zipfile.ZipFile(io.BytesIO(file.content)), "posts")[0]["text"] == "in the bucket"


def digest(key: bytes, text: str) -> bytes:
    return hmac.digest(key, text.encode(), "sha256")


def signature_of(url: str) -> str:
    """What S3 computes of a GET and compares (AWS Signature Version 4, "Authenticating requests: query parameters")."""
    parts = urlsplit(url)
    parameters = {name: value for name, value in sorted(parse_qsl(parts.query)) if name != "X-Amz-Signature"}
    query = urlencode(parameters, quote_via=quote, safe="")
    request = "\n".join(["GET", parts.path, query, f"host:{parts.netloc}", "", "host", "UNSIGNED-PAYLOAD"])
    scope = parameters["X-Amz-Credential"].partition("/")[2]
    key = f"AWS4{SECRET}".encode()
    for part in scope.split("/"):
        key = digest(key, part)
    named = [parameters["X-Amz-Algorithm"], parameters["X-Amz-Date"], scope, sha256(request.encode()).hexdigest()]
    return digest(key, "\n".join(named)).hex()


def test_a_signed_url_cannot_be_extended_or_used_for_another_file(
    bucket: Any, mina_api: APIClient, run_jobs: Callable[[], None]
) -> None:
    url = request_export(mina_api)
    run_jobs()
    signed = mina_api.get(f"{url}/file").headers["Location"]
    given = parse_qs(urlsplit(signed).query)
    assert (given["X-Amz-Expires"], given["X-Amz-SignedHeaders"]) == (["60"], ["host"])
    (signature,) = given["X-Amz-Signature"]
    assert signature_of(signed) == signature
    changes = [
        ("X-Amz-Expires=60", "X-Amz-Expires=6000"),
        (".zip", ".zap"),
        (given["X-Amz-Date"][0], "20991231T000000Z"),
    ]
    for old, new in changes:
        assert signature_of(signed.replace(old, new)) != signature


def test_the_object_is_not_cached_and_not_public(
    bucket: Any, mina_api: APIClient, run_jobs: Callable[[], None]
) -> None:
    request_export(mina_api)
    run_jobs()
    (item,) = bucket.objects.all()
    assert item.key == Export.objects.get().key
    assert item.get()["CacheControl"] == "private, no-store"
    assert [grant["Grantee"].get("URI") for grant in item.Acl().grants] == [None]


def test_the_export_of_an_erased_member_is_deleted_from_the_bucket(
    bucket: Any, mina: Member, mina_api: APIClient, run_jobs: Callable[[], None]
) -> None:
    request_export(mina_api)
    run_jobs()
    erase(mina)
    run_jobs()
    assert list(bucket.objects.all()) == []


def test_another_member_gets_no_signed_url(
    bucket: Any, mina_api: APIClient, jun_api: APIClient, run_jobs: Callable[[], None]
) -> None:
    url = request_export(mina_api)
    run_jobs()
    response = jun_api.get(f"{url}/file")
    assert response.status_code == 404
    assert "Location" not in response.headers


def save(export: Export, data: bytes) -> None:
    """Upload the file of an export as a job does."""
    file = LeaseRenewingFile(io.BytesIO(data), ExportProgress(export, 1))
    export_files.save_file(export.key, cast(IO[bytes], file))


def test_a_large_file_is_uploaded_in_parts_and_complete(bucket: Any, mina: Member) -> None:
    export, _ = Export.objects.request_export(mina)
    data = os.urandom(20_000_000)
    save(export, data)
    assert bucket.Object(export.key).get()["Body"].read() == data
    assert bucket.Object(export.key).e_tag.endswith('-3"')


def test_the_upload_of_a_cancelled_export_stops_half_way(bucket: Any, mina: Member) -> None:
    export, _ = Export.objects.request_export(mina)
    erase(mina)
    with pytest.raises(ExportCancelled):
        save(export, bytes(20_000_000))
    assert list(bucket.objects.all()) == list(bucket.multipart_uploads.all()) == []
