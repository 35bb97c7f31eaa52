#!/bin/sh
# ValidateService: make the slot that start.sh has started the live one, and watch it for a while. If it fails meanwhile, the
# former slot becomes live again and the deployment fails. Otherwise that one stays up for rollback.sh, and for requests that
# the new one does not answer.
set -eu
here=$(dirname "$0")
. "$here/settings.sh"
. "$here/slots.sh"

slot=$(idle_slot)
if ! is_ready "$slot"; then
  say "$slot is not ready; $(live_slot) stays live."
  exit 1
fi
former=$(other_than "$slot")
# None before the first release.
if is_ready "$former"; then make_live "$slot" "$former"; else make_live "$slot"; fi
if ! stays_ready "$slot"; then
  say "$slot failed after the switch."
  if is_ready "$former"; then
    make_live "$former"
  else
    say "$former is not up, so nothing was switched back."
  fi
  $SYSTEMCTL stop "heart-web@$slot"
  exit 1
fi
say "Released."
