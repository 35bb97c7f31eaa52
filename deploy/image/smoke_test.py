"""Ask a server for its health, its configuration and a problem; exit with 1 and the reason if anything is wrong.

    python deploy/image/smoke_test.py http://heart-to-heart-web

The host name that clients use, which the server insists on, is the first of ALLOWED_HOSTS.
"""

import json
import os
import sys
import urllib.error
import urllib.request

TIMEOUT = 10


def fetch(url: str) -> tuple[int, str]:
    """Return status and body, of an error as well."""
    host = os.environ.get("ALLOWED_HOSTS", "localhost").split(",")[0]
    request = urllib.request.Request(url, headers={"Host": host, "X-Forwarded-Proto": "https"})  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT) as response:  # noqa: S310
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def main(server: str) -> str:
    """Return what is wrong, or nothing."""
    expected = {"/livez": 200, "/readyz": 200, "/api/v1/config": 200, "/api/v1/posts": 401}
    for path, status in expected.items():
        found, body = fetch(server + path)
        if found != status:
            return f"{path}: {found} instead of {status}: {body[:200]}"
    if json.loads(body)["status"] != 401:
        return f"/api/v1/posts: not a problem document: {body[:200]}"
    return ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]) or 0)
