#!/bin/sh
# Start the process of one role; any other word is a command of manage.py.
#   web                 the server
#   outbox [LANE ...]   outbox workers, of these lanes only if any are named
#   migrate             migrations, before a release serves
#   cleanup             the scheduled clean-up
set -eu

role=${1:-web}
[ "$#" -eq 0 ] || shift

case "$role" in
  web) exec gunicorn --config python:config.gunicorn "$@" ;;
  outbox) exec python manage.py run_outbox ${1:+--lanes "$@"} ;;
  migrate) exec python manage.py migrate --no-input "$@" ;;
  *) exec python manage.py "$role" "$@" ;;
esac
