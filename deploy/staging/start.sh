#!/bin/sh
# ApplicationStart: migrate, start the idle slot, and wait until it is ready. If it is not, it is stopped and the deployment
# fails; the live slot, whose release works with every migration of the next one, is left alone.
set -eu
here=$(dirname "$0")
. "$here/settings.sh"
. "$here/slots.sh"

slot=$(idle_slot)
cd "$HEART_ROOT/slots/$slot"
say "Migrating."
"$here/manage.sh" migrate --no-input
$SYSTEMCTL restart "heart-web@$slot"
if ! wait_until_ready "$slot"; then
  say "$slot was not ready within $READY_SECONDS s. $(live_slot) stays live."
  $SYSTEMCTL stop "heart-web@$slot"
  exit 1
fi
say "$slot is ready."
