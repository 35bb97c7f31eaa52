#!/bin/sh
# Before the pod stops: be unready for load balancers, serve what they still send, then what has begun, and end.
set -eu
touch /run/nginx/draining
sleep "$DRAIN_SECONDS"
nginx -c /etc/nginx/nginx.conf -e stderr -s quit
while [ -e /run/nginx/nginx.pid ]; do sleep 0.2; done
