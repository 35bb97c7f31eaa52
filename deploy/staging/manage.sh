#!/bin/sh
# Run a command of manage.py of the release in this directory, with the settings of this host.
set -eu
: "${ENVIRONMENT_FILE:=/etc/heart-to-heart/environment}"
set -a
# shellcheck source=/dev/null
[ ! -f "$ENVIRONMENT_FILE" ] || . "$ENVIRONMENT_FILE"
set +a
# Root reads the settings, and nothing of the server runs as root.
: "${AS_SERVICE_USER:=$([ "$(id -u)" != 0 ] || echo "runuser --user heart --")}"
# shellcheck disable=SC2086
exec $AS_SERVICE_USER .venv/bin/python manage.py "$@"
