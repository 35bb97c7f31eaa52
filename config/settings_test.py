"""The few lines that make tests quick, and keep one test process out of another's way."""

import os
import re
import tempfile

# Each process of pytest-xdist (gw0, gw1, ...) has a folder of its own, and a database of Redis when there is one.
_number = int(re.sub(r"\D", "", os.environ.get("PYTEST_XDIST_WORKER", "")) or 0)
_folder = tempfile.TemporaryDirectory(prefix="heart-to-heart-", ignore_cleanup_errors=True)
os.environ["VAR_DIR"] = _folder.name
if os.environ.get("REDIS_URL"):
    os.environ["REDIS_URL"] = re.sub(r"(:\d+)(/\d+)?$", rf"\1/{_number}", os.environ["REDIS_URL"])

from config.settings import *  # noqa: E402, F403
from config.settings import DATABASES  # noqa: E402

# Argon2 is slow on purpose.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# A pool would hold on to databases that the tests throw away.
DATABASES["default"].get("OPTIONS", {}).pop("pool", None)
