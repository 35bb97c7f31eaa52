#!/bin/sh
# A container that was restarted alone finds what the one before it left.
set -eu
rm -f /run/nginx/draining /run/nginx/nginx.pid
exec nginx -c /etc/nginx/nginx.conf -e stderr -g 'daemon off;'
