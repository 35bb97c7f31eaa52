"""`python -m benchmarks.admin_pages`."""

import os
from importlib import import_module

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()
import_module("benchmarks.admin_pages.pages").main()
