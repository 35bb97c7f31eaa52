#!/bin/sh
# Make the virtual environment of the release in this directory, from its locked packages, and collect its static files.
set -eu
[ -x .venv/bin/python ] || python3.11 -m venv .venv
.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input --require-hashes -r requirements.txt
.venv/bin/python -m compileall -q -x '\.venv' .
STATIC_ROOT="$PWD/var/static" .venv/bin/python manage.py collectstatic --no-input --verbosity 0
