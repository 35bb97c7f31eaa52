#!/bin/sh
# Run a command of manage.py of the release in this directory, with the settings of this host.
set -eu
: "${ENVIRONMENT_FILE:=/etc/heart-to-heart/environment}"
set -a
# shellcheck source=/dev/null
[ ! -f "$ENVIRONMENT_FILE" ] || . "$ENVIRONMENT_FILE"
set +a
exec .venv/bin/python manage.py "$@"
