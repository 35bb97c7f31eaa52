"""The limit: the least that answers of this API were found to cost, as a bare WSGI program.

Not the least that is possible: whoever finds something faster replaces this. It shows what this project's API shows to
members who are logged in, checks the token's signature and time, and leaves out all else that a server needs: session
check, rate limits, log, validation, errors, signed cursors.
"""

import os
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from secrets import randbits
from typing import Any
from urllib.parse import parse_qs

import argon2
import jwt
import orjson
from psycopg.rows import tuple_row
from psycopg_pool import ConnectionPool

from benchmarks.api import limit_sql

PAGE_SIZE = 20
KEY = os.environ["JWT_KEYS"].partition(":")[2]
IMAGE_BASE_URL = os.environ["IMAGE_BASE_URL"]
LATEST = datetime(9999, 1, 1, tzinfo=UTC)
HEADERS = [("Content-Type", "application/json")]
STATUSES = {200: "200 OK", 201: "201 Created", 404: "404 Not Found"}
Response = tuple[int, Any]

hasher = argon2.PasswordHasher()
pool = ConnectionPool(
    os.environ["DATABASE_URL"],
    min_size=1,
    max_size=int(os.environ["THREADS"]),
    kwargs={"autocommit": True, "prepare_threshold": 0, "options": "-c plan_cache_mode=force_generic_plan"},
    open=True,
)


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answer one request (PEP 3333)."""
    status, content = _route(environ)
    start_response(STATUSES[status], HEADERS)
    return [orjson.dumps(content, option=orjson.OPT_UTC_Z)]


def _route(environ: dict[str, Any]) -> Response:
    path = environ["PATH_INFO"]
    if path == "/readyz":
        return 200, {}
    if path == "/api/v1/sessions":
        return _log_in(orjson.loads(environ["wsgi.input"].read()))
    claims = jwt.decode(
        environ["HTTP_AUTHORIZATION"][7:], KEY, algorithms=["HS256"], audience="v1", issuer="heart-to-heart"
    )
    viewer = int(claims["sub"])
    if path != "/api/v1/posts":
        found = _posts(limit_sql.POST, viewer, post=int(path.rpartition("/")[2]))
        return (200, found[0]) if found else (404, {})
    if environ["REQUEST_METHOD"] == "POST":
        return _publish(viewer, orjson.loads(environ["wsgi.input"].read()))
    return _feed(viewer, environ["QUERY_STRING"])


def _feed(viewer: int, query: str) -> Response:
    parameters = {name: values[0] for name, values in parse_qs(query).items()} if query else {}
    values: dict[str, Any] = {"timestamp": LATEST, "row": 2**63 - 1}
    if cursor := parameters.get("cursor"):
        timestamp, _, row = cursor.partition("_")
        values = {"timestamp": datetime.fromtimestamp(int(timestamp) / 1_000_000, UTC), "row": int(row)}
    statement = limit_sql.FOLLOWING if "following" in parameters else limit_sql.FEED
    if "author" in parameters:
        statement, values["author"] = limit_sql.AUTHOR, int(parameters["author"])
    posts = _posts(statement, viewer, **values)
    page, end = posts[:PAGE_SIZE], posts[PAGE_SIZE - 1 : PAGE_SIZE]
    following = cursor_of(end[0]["created_at"], end[0]["id"]) if len(posts) > PAGE_SIZE else None
    return 200, {"results": page, "next": following, "previous": None}


def _publish(viewer: int, body: dict[str, Any]) -> Response:
    values = {"id": time.time_ns() // 1_000_000 << 22 | randbits(22), "text": body["text"]}
    return 201, _posts(limit_sql.PUBLISH, viewer, **values)[0]


def _log_in(body: dict[str, Any]) -> Response:
    with pool.connection() as connection:
        (member, encoded) = connection.execute(limit_sql.PASSWORD, body).fetchone() or (0, "")
    hasher.verify(encoded.removeprefix("argon2"), body["password"])
    claims = {"sub": str(member), "aud": "v1", "iss": "heart-to-heart", "exp": int(time.time()) + 600}
    return 201, {"access_token": jwt.encode(claims, KEY, "HS256")}


def cursor_of(created_at: datetime, post_id: int | str) -> str:
    """Return the cursor of the page after this post."""
    return f"{round(created_at.timestamp() * 1_000_000)}_{post_id}"


def _posts(statement: bytes, viewer: int, **values: Any) -> list[dict[str, Any]]:
    with pool.connection() as connection, connection.cursor(row_factory=tuple_row, binary=True) as cursor:
        return [_post(row, viewer) for row in cursor.execute(statement, {"viewer": viewer, **values})]


def _post(row: tuple[Any, ...], viewer: int) -> dict[str, Any]:
    post, created_at, edited_at, text, comments_closed, author, nickname, hearts, comments, *others = row
    hearted, saved, muted, following, followed_by, avatar, images, mentions = others
    return {
        "id": str(post),
        "author": {
            "id": str(author),
            "nickname": nickname,
            "avatar": _image(avatar) if avatar else None,
            "viewer": {"following": following, "followed_by": followed_by},
        },
        "text": text,
        "mentions": [_mention(mention) for mention in mentions.split(limit_sql.ROW_END)] if mentions else [],
        "images": [_image(image) for image in images.split(limit_sql.ROW_END)] if images else [],
        "created_at": created_at,
        "edited_at": edited_at,
        "comments_closed": comments_closed,
        "counts": {"hearts": hearts, "comments": comments},
        "viewer": {"is_author": author == viewer, "hearted": hearted, "saved": saved, "muted_author": muted},
    }


def _mention(columns: str) -> dict[str, str]:
    member, nickname = columns.split(limit_sql.COLUMN_END)
    return {"id": member, "nickname": nickname}


def _image(columns: str) -> dict[str, Any]:
    image, width, height, blurhash, alt, key, has_variants = columns.split(limit_sql.COLUMN_END)
    stem = f"{IMAGE_BASE_URL}/{key}"
    full = f"{stem}.full.jpg"
    return {
        "id": image,
        "width": int(width),
        "height": int(height),
        "blurhash": blurhash or None,
        "alt": alt,
        "urls": {"thumb": f"{stem}.thumb.webp", "feed": f"{stem}.feed.webp", "full": full}
        if has_variants == "t"
        else {"thumb": full, "feed": full, "full": full},
    }
