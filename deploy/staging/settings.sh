# shellcheck shell=sh
# Where things are on the staging host, and how long each step may take; tests set other values in the environment.

: "${HEART_ROOT:=/opt/heart-to-heart}"
# The bundle that CodeDeploy has unpacked.
: "${BUNDLE:=$HEART_ROOT/bundle}"
: "${NGINX_CONF:=/etc/nginx/conf.d}"
: "${BLUE_PORT:=8081}"
: "${GREEN_PORT:=8082}"

# Units of systemd, and what starts and stops them.
: "${UNITS:=/etc/systemd/system}"
: "${SYSTEMCTL:=systemctl}"
: "${NGINX_COMMAND:=nginx}"
# Installs the locked packages of the release in the current directory.
: "${INSTALL:=sh deploy/staging/install.sh}"

# How long a new server may take until it is ready. Seconds.
: "${READY_SECONDS:=60}"
# How long a new server is watched after the switch. Seconds.
: "${WATCH_SECONDS:=30}"
