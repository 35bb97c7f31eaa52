"""How long the Android app waits for a post with seven images: `python -m benchmarks.android_posts
[--bucket] [KIND ...]`.

Each row is a kind of image. Seconds pass from the last byte sent to the first byte of the response; the app gives up
after 5. CPU is that of the server for one post, which tells more on a machine that is not idle. The server runs in two
processes on PostgreSQL and Redis where DATABASE_URL and REDIS_URL name them, else in one on SQLite; it runs no jobs
meanwhile. Images go to disk and, with `--bucket`, to an S3 server by moto over HTTP.
"""

import logging
import os
import socket
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPResponse
from io import BytesIO
from pathlib import Path
from urllib.parse import urlsplit

import boto3
from moto.server import ThreadedMotoServer
from PIL import Image

from operations.demo_data import DEMO_MEMBER, DEMO_PASSWORD
from tests.android.app import App
from tests.android.okhttp import Answer, Request, phone_bytes
from tests.demo_server import demo_server

# The app's limit for one image. Bytes.
LARGEST = 10_000_000
IMAGES, PHONES, ROUNDS = 7, 3, 3


def photograph(megapixels: int, kind: str, **options: object) -> bytes:
    """An image of 4 to 3, nearly as large in bytes as the app allows: soft gradients with grain on them."""
    height = round((megapixels * 1_000_000 * 3 / 4) ** 0.5)
    size = height * 4 // 3, height
    gradients = [Image.linear_gradient("L"), Image.radial_gradient("L"), Image.linear_gradient("L").rotate(90)]
    ground = Image.merge("RGB", [gradient.resize(size) for gradient in gradients])
    grain = Image.merge("RGB", [Image.effect_noise(size, 60) for _ in range(3)])
    low, high, best = 0.0, 1.0, b""
    for _ in range(9):
        share = (low + high) / 2
        data = _saved(Image.blend(ground, grain, share), kind, options)
        low, high, best = (share, high, data) if len(data) < LARGEST else (low, share, best)
        if len(best) > LARGEST * 0.97:
            break
    return best


def _saved(image: Image.Image, kind: str, options: dict[str, object]) -> bytes:
    out = BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


KINDS: dict[str, Callable[[], bytes]] = {
    "JPEG, 12 MP": lambda: photograph(12, "JPEG", quality=95),
    "JPEG, 48 MP": lambda: photograph(48, "JPEG", quality=80),
    "JPEG, 12 MP, progressive": lambda: photograph(12, "JPEG", quality=95, progressive=True),
    "PNG, 4 MP": lambda: photograph(4, "PNG", compress_level=6),
    "PNG, 12 MP": lambda: photograph(12, "PNG", compress_level=6),
}


class Stopwatch:
    """A phone's connection to a server that takes the seconds between the last byte sent and the first one received."""

    def __init__(self, url: str) -> None:
        self.at = urlsplit(url)
        self.waited = 0.0

    def __call__(self, request: Request, access: str, patience: float) -> Answer:
        """Send a request and wait for longer than the app does."""
        with socket.create_connection((str(self.at.hostname), int(self.at.port or 0)), 60.0) as connection:
            connection.sendall(phone_bytes(request, access, self.at.netloc))
            sent = time.perf_counter()
            connection.recv(1, socket.MSG_PEEK)
            self.waited = time.perf_counter() - sent
            reader = HTTPResponse(connection, method=request.method)
            reader.begin()
            headers = {name.lower(): value for name, value in reader.getheaders()}
            return Answer(reader.status, headers, reader.read())


def post(watch: Stopwatch, data: bytes) -> float:
    """Publish one post with seven images; return how long its response took."""
    app = App(watch)
    app.login(DEMO_MEMBER, DEMO_PASSWORD)
    posted = app.register_post("seven", {f"{place}.jpg": data for place in range(IMAGES)})
    if len(posted["image_urls"]) != IMAGES:
        raise RuntimeError(posted)
    return watch.waited


def measure(url: str, where: str) -> None:
    """Print a row for each kind of image: one phone, then three at once."""
    named = [word for word in sys.argv[1:] if not word.startswith("--")]
    for kind, made in ((kind, KINDS[kind]) for kind in named or KINDS):
        data = made()
        with ThreadPoolExecutor(PHONES) as phones:
            spent = cpu_seconds()
            alone = [post(Stopwatch(url), data) for _ in range(ROUNDS)]
            spent = (cpu_seconds() - spent) / ROUNDS
            together = [
                max(phones.map(post, [Stopwatch(url) for _ in range(PHONES)], [data] * PHONES)) for _ in range(ROUNDS)
            ]
        columns = "  ".join(f"{statistics.median(some):5.2f} ({max(some):5.2f})" for some in (alone, together))
        print(f"{where:8}{kind:26}{len(data) / 1e6:6.2f} MB  {columns}  {spent:5.2f}", flush=True)


def cpu_seconds(of: int | None = None) -> float:
    """Return the processor time of the processes that this one started, and of theirs (Linux)."""
    ticks = 0.0
    for task in Path(f"/proc/{of or os.getpid()}/task").iterdir():
        for child in (task / "children").read_text().split():
            words = Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()
            ticks += (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK") + cpu_seconds(int(child))
    return ticks


@contextmanager
def bucket() -> Iterator[dict[str, str]]:
    """Run an S3 server in a thread; give the settings of a bucket in it."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    keys = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
    os.environ |= keys
    address = f"http://{host}:{port}"
    boto3.resource("s3", endpoint_url=address, region_name="us-east-1").create_bucket(Bucket="images")
    yield {**keys, "STORAGE_BUCKET": "images", "STORAGE_ENDPOINT": address, "STORAGE_REGION": "us-east-1"}
    server.stop()


def main() -> None:
    """Print the table: median and maximum of three posts, by one phone, and by the slowest of three at once."""
    print(f"{'':47}one phone      three at once  CPU a post")
    settings = {"THROTTLE_RATES": "post-member=10000/hour", "OUTBOX_THREAD": "off"}
    with tempfile.TemporaryDirectory() as folder, demo_server(Path(folder), settings) as server:
        measure(server.url, "disk")
    if "--bucket" in sys.argv:
        with (
            tempfile.TemporaryDirectory() as folder,
            bucket() as also,
            demo_server(Path(folder), settings | also) as server,
        ):
            measure(server.url, "bucket")


if __name__ == "__main__":
    main()
