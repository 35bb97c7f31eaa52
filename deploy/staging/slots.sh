# shellcheck shell=sh
# The two slots, blue and green: which one is live, and how the other takes its place.

# The time that one question to a server may take. Seconds.
PROBE_SECONDS=3

say() { echo "$(date -u +%H:%M:%S) $*"; }
port_of() { if [ "$1" = blue ]; then echo "$BLUE_PORT"; else echo "$GREEN_PORT"; fi; }
other_than() { if [ "$1" = blue ]; then echo green; else echo blue; fi; }

# What nginx says is live; green before the first release, so that this goes to blue.
live_slot() { if grep -qs "127.0.0.1:$BLUE_PORT " "$NGINX_CONF/upstream.conf"; then echo blue; else echo green; fi; }
idle_slot() { other_than "$(live_slot)"; }

is_ready() { curl --silent --fail --max-time "$PROBE_SECONDS" --output /dev/null "http://127.0.0.1:$(port_of "$1")/readyz"; }

# Wait until a slot is ready; fail after READY_SECONDS.
wait_until_ready() {
  end=$(($(date +%s) + READY_SECONDS))
  until is_ready "$1"; do
    [ "$(date +%s)" -lt "$end" ] || return 1
    sleep 0.5
  done
}

# Whether a slot is ready for WATCH_SECONDS without a break.
stays_ready() {
  end=$(($(date +%s) + WATCH_SECONDS))
  while [ "$(date +%s)" -lt "$end" ]; do
    is_ready "$1" || return 1
    sleep 0.2
  done
}

# Have nginx send requests to a slot from now on; those that it has sent to the other one end there. With a second slot,
# requests that the first closes without a response are repeated in that one.
send_requests_to() {
  again=${2:+127.0.0.1:$(port_of "${2:-}")}
  from="$HEART_ROOT/slots/$1/deploy/nginx"
  mkdir -p "$HEART_ROOT/nginx-before"
  cp "$NGINX_CONF"/*.conf "$HEART_ROOT/nginx-before/" 2> /dev/null || true
  cp "$from/heart.conf" "$NGINX_CONF/heart.conf"
  # By a new file, so that nginx never reads half of one.
  # Without a space after the second port: live_slot, also that of older releases, looks for one.
  sed -e "s/127\.0\.0\.1:8000 down;/${again:-127.0.0.1:8000 down};/" \
    -e "s/127\.0\.0\.1:8000 max/127.0.0.1:$(port_of "$1") max/" "$from/upstream.conf" > "$NGINX_CONF/upstream.new"
  mv "$NGINX_CONF/upstream.new" "$NGINX_CONF/upstream.conf"
  if ! $NGINX_COMMAND -t -q; then
    say "nginx refuses its new configuration and keeps the old one."
    cp "$HEART_ROOT/nginx-before"/*.conf "$NGINX_CONF/"
    return 1
  fi
  $SYSTEMCTL reload nginx
}

# Make a slot the live one, with its outbox workers and its clean-up; a second slot is for repeated requests.
make_live() {
  send_requests_to "$@" || return 1
  ln -sfn "slots/$1" "$HEART_ROOT/live"
  # The new workers first, so that no job waits; both releases know each other's jobs.
  $SYSTEMCTL restart "heart-outbox@$1"
  $SYSTEMCTL stop "heart-outbox@$(other_than "$1")"
  say "$1 is live."
}
