#!/bin/sh
# Go back to the release before, which is still up in the other slot: within a second, without a failed request.
set -eu
here=$(dirname "$0")
. "$here/settings.sh"
. "$here/slots.sh"

slot=$(idle_slot)
if ! is_ready "$slot"; then
  say "Starting $slot, which is not up."
  $SYSTEMCTL restart "heart-web@$slot"
  wait_until_ready "$slot" || { say "$slot was not ready within $READY_SECONDS s. Nothing has changed."; exit 1; }
fi
make_live "$slot"
