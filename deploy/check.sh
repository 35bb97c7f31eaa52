#!/usr/bin/env bash
# Check what deploys the server, without changing or deploying anything. Run by `make check-deploy`.
#
#   TOOLS    the folder of the locked tools (requirements-deploy.txt)
#   STRICT=1 fails where a program is missing that is not among them: Docker's, Terraform, nginx, promtool, amtool
#
# New scripts, workflows, folders of terraform/ and values of k8s/chart are checked without a line here.
set -uo pipefail
cd "$(dirname "$0")/.." || exit
TOOLS=${TOOLS:-var/deploy/venv/bin}
# actionlint calls shellcheck; servers such as nginx are not on the PATH of every user.
PATH=$(realpath "$TOOLS"):$PATH:/usr/sbin
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=() left_out=()

# Run a command; its output is shown if it fails.
check() {
  local name=$1
  shift
  if "$@" > "$work/output" 2>&1; then
    echo "ok      $name"
  else
    echo "FAILED  $name"
    sed 's/^/        /' "$work/output"
    failed+=("$name")
  fi
}

leave_out() { left_out+=("$1"); }

# Is this program installed? If not, what it would check is left out.
has() { command -v "$1" > /dev/null || { leave_out "$2, because $1 is not installed"; return 1; }; }

files() { git ls-files -co --exclude-standard -- "$@"; }

check_scripts() {
  local scripts
  mapfile -t scripts < <(files '*.sh' .ci/run)
  check "shell scripts (shellcheck)" shellcheck --external-sources --source-path=SCRIPTDIR "${scripts[@]}"
}

check_workflows() {
  check "workflows (actionlint)" actionlint .github/workflows/*.yml
  check "workflows (zizmor)" zizmor --offline --no-progress .github
  check "dependabot.yml (schema)" check-jsonschema --builtin-schema vendor.dependabot .github/dependabot.yml
}

check_images() {
  check "Dockerfile (hadolint)" hadolint Dockerfile
  [ ! -f compose.yaml ] || check "compose.yaml (docker-compose)" docker-compose -f compose.yaml config --quiet
  if has docker "docker build --check"; then
    if docker info > "$work/docker" 2>&1; then
      check "Dockerfile (docker build --check)" docker build --check .
    else
      leave_out "docker build --check, because Docker does not run"
    fi
  fi
}

check_nginx() {
  has nginx "nginx -t" || return
  mkdir "$work/nginx"
  cp deploy/nginx/*.conf "$work/nginx/"
  sed -i "s|/var/log/nginx|$work|; s|/etc/nginx/heart|$work/none|; s|listen 80;|listen 127.0.0.1:8080;|" "$work"/nginx/*.conf
  printf 'pid %s/pid;\nevents {}\nhttp {\n%s  include %s/nginx/*.conf;\n}\n' "$work" \
    "$(printf "  %s_temp_path $work/temp;\n" client_body proxy fastcgi scgi uwsgi)" "$work" > "$work/nginx.main"
  check "nginx (nginx -t)" nginx -e "$work/error.log" -t -c "$work/nginx.main"
}

check_chart() {
  local chart=k8s/chart file environments=()
  for file in "$chart"/values-*.yaml; do
    # A local cluster has an image of its own.
    [[ $file = *-local.yaml ]] || file+=,$chart/image-production.yaml
    environments+=("$file")
  done
  check "$chart (Helm, API schemas)" python deploy/check_chart.py "$chart" "${environments[@]}"
  check "k8s/logs/setup (Helm, API schemas)" python deploy/check_chart.py k8s/logs/setup \
    "$chart/values-production.yaml,$chart/image-production.yaml"
}

check_monitoring() {
  local at=deploy/monitoring
  if has promtool "Prometheus and its alerts"; then
    check "alerts (promtool)" promtool check rules "$at/alerts.yml"
    check "tests of alerts (promtool)" promtool test rules "$at/alerts_test.yml"
    check "Prometheus (promtool)" promtool check config --syntax-only "$at/prometheus.yml"
  fi
  if has amtool "Alertmanager"; then
    check "Alertmanager (amtool)" amtool check-config "$at/alertmanager.yml"
  fi
}

validate_and_test() { terraform -chdir="$1" validate -no-color && terraform -chdir="$1" test -no-color; }

show_and_fail() {
  cat "$1"
  return 1
}

# A copy of terraform/, since `init` writes into the folder, beside what it reads. Its providers are kept from run to run.
check_terraform() {
  has terraform "Terraform" || return
  local folder at
  check "Terraform (fmt)" terraform fmt -check -recursive -diff terraform
  cp -r terraform "$work/terraform"
  for folder in deploy k8s; do [ ! -d "$folder" ] || ln -s "$PWD/$folder" "$work/$folder"; done
  export TF_IN_AUTOMATION=1 TF_PLUGIN_CACHE_DIR=$PWD/var/deploy/terraform CHECKPOINT_DISABLE=1
  mkdir -p "$TF_PLUGIN_CACHE_DIR"
  for folder in terraform/*/ terraform/modules/*/; do
    folder=${folder%/} at=$work/${folder%/}
    [ "$folder" != terraform/modules ] || continue
    if terraform -chdir="$at" init -backend=false -input=false -no-color > "$work/init" 2>&1; then
      check "$folder (validate, test)" validate_and_test "$at"
    elif grep -Eq 'could not connect to|Failed to (query|install)' "$work/init"; then
      leave_out "validate and test of Terraform, because its providers cannot be downloaded"
      return
    else
      check "$folder (init)" show_and_fail "$work/init"
    fi
  done
}

check_scripts
check_workflows
check_images
check_nginx
check_chart
check_monitoring
check_terraform

for each in "${left_out[@]}"; do echo "left out: $each"; done
if [ "${#failed[@]}" -gt 0 ]; then
  echo "Failed: ${#failed[@]}" >&2
  exit 1
fi
if [ "${STRICT:-}" = 1 ] && [ "${#left_out[@]}" -gt 0 ]; then
  echo "Left out under STRICT=1: ${#left_out[@]}" >&2
  exit 1
fi
