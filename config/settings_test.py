"""Settings of the tests: fast, and with separate files and Redis databases for each test process."""

import os
import re
import tempfile

# Each process of pytest-xdist (gw0, gw1, ...) gets its own folder and its own Redis database.
_number = int(re.sub(r"\D", "", os.environ.get("PYTEST_XDIST_WORKER", "")) or 0)
_folder = tempfile.TemporaryDirectory(prefix="heart-to-heart-", ignore_cleanup_errors=True)
os.environ["VAR_DIR"] = _folder.name
if os.environ.get("REDIS_URL"):
    os.environ["REDIS_URL"] = re.sub(r"(:\d+)(/\d+)?$", rf"\1/{_number}", os.environ["REDIS_URL"])
# On a busy machine a good Redis may need longer than production waits for one.
os.environ.setdefault("REDIS_TIMEOUT", "10")

from config.settings import *  # noqa: E402, F403
from config.settings import DATABASES  # noqa: E402

# A fast hash, because Argon2 is slow on purpose.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Threads would keep connections to databases that the tests drop.
DATABASES["default"]["CONN_MAX_AGE"] = 0
# Tests that roll their changes back do not log them. Servers that tests start have the default.
FEED_CACHE_POSTS = 0
# Tests of push messages turn it on.
PUSH_SENDER = ""
