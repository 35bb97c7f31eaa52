"""The way in for gunicorn."""

import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()
# Every room's views are read now: before gunicorn forks, and not while the first request waits.
get_resolver().url_patterns  # noqa: B018 - reading it is what does it
