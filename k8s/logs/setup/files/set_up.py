"""Give Elasticsearch the lifecycle and the template of our logs, and Kibana its searches; safe to run again.

    python set_up.py FOLDER

FOLDER has the files. The environment has ELASTICSEARCH and KIBANA (URLs), USERNAME, PASSWORD, and CERTIFICATES, a
folder with the authority of each: elasticsearch.crt and kibana.crt. Both are waited for, since they may be installed
just now.
"""

import base64
import os
import ssl
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

TRIES, PAUSE_SECONDS, TIMEOUT = 30, 10, 30
BOUNDARY = "saved-objects"


def send(method: str, name: str, path: str, body: bytes, content_type: str) -> None:
    """Send a request to "elasticsearch" or "kibana" until it succeeds; a refusal (4xx) ends the program."""
    account = base64.b64encode(f"{os.environ['USERNAME']}:{os.environ['PASSWORD']}".encode()).decode()
    headers = {"Authorization": f"Basic {account}", "Content-Type": content_type, "kbn-xsrf": "true"}
    context = ssl.create_default_context(cafile=str(Path(os.environ["CERTIFICATES"]) / f"{name}.crt"))
    url = os.environ[name.upper()] + path
    for _ in range(TRIES):
        try:
            request = urllib.request.Request(url, body, headers, method=method)  # noqa: S310
            with urllib.request.urlopen(request, timeout=TIMEOUT, context=context) as response:  # noqa: S310
                answer = response.read().decode()
        except urllib.error.HTTPError as error:
            if error.code < 500 and error.code != 429:
                sys.exit(f"{path}: {error.code} {error.read().decode()[:500]}")
            _say(f"{path}: {error.code}, trying again")
        except OSError as error:
            _say(f"{path}: {error}, trying again")
        else:
            # Kibana answers 200 to an import of which it refuses a part.
            if '"success":false' in answer:
                sys.exit(f"{path}: {answer[:500]}")
            _say(f"{path}: done")
            return
        time.sleep(PAUSE_SECONDS)
    sys.exit(f"{path}: no answer")


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def main(folder: Path) -> None:
    """Send everything."""
    for path, file in (
        ("/_ilm/policy/app-logs", "lifecycle.json"),
        ("/_index_template/app-logs", "index-template.json"),
    ):
        send("PUT", "elasticsearch", path, (folder / file).read_bytes(), "application/json")
    part = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="saved-objects.ndjson"\r\n\r\n'
    body = part.encode() + (folder / "saved-objects.ndjson").read_bytes() + f"\r\n--{BOUNDARY}--\r\n".encode()
    path = "/api/saved_objects/_import?overwrite=true"
    send("POST", "kibana", path, body, f"multipart/form-data; boundary={BOUNDARY}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
