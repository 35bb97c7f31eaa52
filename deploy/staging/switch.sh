#!/bin/sh
# ValidateService: make the slot that start.sh has started the live one, and watch it for a while. If it fails meanwhile, the
# former slot becomes live again and the deployment fails. Otherwise that one stays up for rollback.sh.
set -eu
here=$(dirname "$0")
. "$here/settings.sh"
. "$here/slots.sh"

slot=$(idle_slot)
if ! is_ready "$slot"; then
  say "$slot is not ready; $(live_slot) stays live."
  exit 1
fi
make_live "$slot"
if ! stays_ready "$slot"; then
  say "$slot failed after the switch."
  former=$(other_than "$slot")
  if is_ready "$former"; then
    make_live "$former"
  else
    say "$former is not up, so nothing was switched back."
  fi
  $SYSTEMCTL stop "heart-web@$slot"
  exit 1
fi
say "Released."
