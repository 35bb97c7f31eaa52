#!/bin/sh
# AfterInstall: stop the idle slot, and install the release there. The live slot is left alone. nginx repeats no requests in the
# idle one from now on: nobody knows yet whether its next release works.
set -eu
here=$(dirname "$0")
. "$here/settings.sh"
. "$here/slots.sh"

# On a host of Terraform's, the settings are parameters.
[ ! -f /etc/heart-to-heart/host.env ] || python3 "$here/write_environment.py"
slot=$(idle_slot)
say "Installing the release in $slot; $(live_slot) is live."
[ ! -e "$NGINX_CONF/upstream.conf" ] || send_requests_to "$(live_slot)"
$SYSTEMCTL stop "heart-web@$slot"
mkdir -p "$HEART_ROOT/slots/$slot"
# The virtual environment stays, so that only what has changed is installed.
find "$HEART_ROOT/slots/$slot" -mindepth 1 -maxdepth 1 ! -name .venv -exec rm -rf {} +
cp -R "$BUNDLE/." "$HEART_ROOT/slots/$slot/"
cd "$HEART_ROOT/slots/$slot"
$INSTALL
cp deploy/staging/systemd/*.service deploy/staging/systemd/*.timer "$UNITS/"
$SYSTEMCTL daemon-reload
$SYSTEMCTL enable --quiet heart-cleanup.timer
say "Installed."
