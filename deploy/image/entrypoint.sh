#!/bin/sh
# Start the process of one role; any other word is a command of manage.py.
#   web                 the server
#   outbox              outbox workers; `outbox --lanes email files` for some of them
#   migrate             migrations, before a release serves
#   cleanup             the scheduled clean-up
set -eu

role=${1:-web}
[ "$#" -eq 0 ] || shift

case "$role" in
  web) exec gunicorn --config python:config.gunicorn "$@" ;;
  outbox) exec python manage.py run_outbox "$@" ;;
  migrate) exec python manage.py migrate --no-input "$@" ;;
  *) exec python manage.py "$role" "$@" ;;
esac
