# The daily tools. What a local server writes lies in var/, what is installed in .venv/.

PYTHON ?= python3
PORT ?= 8000
export PORT

IN := .venv/bin
# The Python of .venv, or the one it will be made with.
ANY = $$([ -x $(IN)/python ] && echo $(IN)/python || echo $(PYTHON))

.DEFAULT_GOAL := help
.PHONY: help run test image test-image drill fuzz coverage benchmark check check-deploy deploy-tools audit quality schema format lock clean port venv runtime development lint-openapi

help:
	@echo 'make run      a server with demo data, on http://127.0.0.1:$(PORT); PORT=8001 make run for another port'
	@echo 'make development  .venv with the packages that run the server, test and check; what pytest by itself needs'
	@echo 'make test     the tests, on SQLite, and again on PostgreSQL and Redis where they are installed;'
	@echo '              LEG=sqlite or LEG=postgresql for one of the two, ARGS="-k feed" for some of the tests'
	@echo 'make drill    a server under load is stopped, killed, measured and released for ten minutes, on PostgreSQL;'
	@echo '              ARGS="--memory-requests 200000" for a longer look at its memory'
	@echo 'make image    the Docker image; make test-image: sign-up and a post with images in it, on PostgreSQL and Redis'
	@echo 'make fuzz     20,000 requests generated from the schema, on each of the two; ARGS="--cases 2000" for fewer'
	@echo 'make coverage what the tests of both legs run, by line and branch: a figure for each package, pages in var/coverage/html'
	@echo 'make benchmark  what requests cost; ARGS="--scenario feed --keep" for one scenario, ARGS="--help" for the options'
	@echo 'make check    what CI runs: format, lint, types, imports, migrations, settings, schema, then the tests'
	@echo 'make check-deploy  checks what deploys the server: image, workflows, nginx, chart, Terraform; STRICT=1 leaves nothing out'
	@echo 'make audit    known vulnerabilities of the locked packages; asks the package index'
	@echo 'make format   format the code and fix what lint can fix'
	@echo 'make schema   generate docs/openapi.yaml and docs/openapi-android.yaml'
	@echo 'make lock     resolve requirements*.in into requirements*.txt; ARGS="--upgrade" for newer ones'
	@echo 'make clean    delete what the local server has written'

run: port runtime
	@$(IN)/python manage.py prepare_local
	@OUTBOX_THREAD=$${OUTBOX_THREAD:-on} exec $(IN)/python -m gunicorn --config python:config.gunicorn

test: development
	@$(IN)/python -m tests.run $(if $(LEG),--leg $(LEG)) $(ARGS)

# The image of all processes, and a walk through what it does. Other engines than Docker: IMAGE_BUILD and IMAGE_RUN.
IMAGE ?= heart-to-heart-api
IMAGE_BUILD ?= docker build
IMAGE_RUN ?= docker run --rm --network host --read-only --tmpfs /tmp --entrypoint=
image:
	$(IMAGE_BUILD) --build-arg REVISION=$$(git rev-parse HEAD) -t $(IMAGE) .

test-image: development
	@IMAGE='$(IMAGE)' IMAGE_RUN='$(IMAGE_RUN)' $(IN)/python -m tests.run --leg postgresql -m image -n 0 -v tests/image

# One at a time, since each needs the machine for itself, and for as long as ARGS let it take.
drill: development
	@$(IN)/python -m tests.run --leg postgresql -m drill -n 0 -v -s -o faulthandler_timeout=0 tests/drills tests/deploy $(ARGS)

fuzz: development
	@$(IN)/python -m tests.fuzz.run $(ARGS)

# Shows what no test runs; no figure fails anything. The folder is open to all, since sandboxes run as nobody under root.
coverage: development
	@rm -rf var/coverage && mkdir -p -m 1777 var/coverage
	@$(IN)/python -m coverage run -m tests.run $(if $(LEG),--leg $(LEG)) $(ARGS) || { \
	echo 'Not measured: tests failed.' >&2; exit 1; }
	@$(IN)/python -m coverage combine --quiet
	@$(IN)/python -m coverage html --quiet
	@$(IN)/python -m coverage json --quiet
	@$(IN)/python -m tests.coverage_by_package var/coverage/report.json

# With packages of its own, in an environment of its own.
benchmark: venv
	@cmp -s requirements-benchmarks.txt var/benchmarks/venv/requirements-benchmarks.txt || { \
	echo 'Installing the locked packages of the benchmarks (a minute or two, once) ...'; \
	$(IN)/python -m venv --clear var/benchmarks/venv && var/benchmarks/venv/bin/python $(PIP) requirements-benchmarks.txt \
	&& cp requirements-benchmarks.txt var/benchmarks/venv/; }
	@var/benchmarks/venv/bin/python -m benchmarks.api $(ARGS)

check: quality test

quality: development
	$(IN)/ruff format --check --quiet .
	$(IN)/ruff check --quiet .
	$(IN)/python -m mypy --no-error-summary .
	$(IN)/lint-imports --no-logo > var/imports.txt || { cat var/imports.txt; exit 1; }
	$(IN)/python manage.py makemigrations --check --dry-run --verbosity 0
	env $$(grep -v '^#' tests/production.env) $(IN)/python manage.py check --deploy --fail-level WARNING
	$(DESCRIBE) --file var/openapi.yaml
	diff -u docs/openapi.yaml var/openapi.yaml || { echo 'docs/openapi.yaml is not what the code says: make schema'; exit 1; }
	$(DESCRIBE_APP) --file var/openapi-android.yaml
	diff -u docs/openapi-android.yaml var/openapi-android.yaml \
	|| { echo 'docs/openapi-android.yaml is not what the code says: make schema'; exit 1; }
	@$(MAKE) --no-print-directory lint-openapi

# The public linters of OpenAPI documents, where Node is installed.
LINTERS = var/openapi-linters
lint-openapi:
	@command -v npm > /dev/null || { echo 'Left out: the OpenAPI linters, because npm is not installed.'; exit 0; }; \
	set -e; mkdir -p $(LINTERS); \
	cmp -s tests/openapi_linters/package-lock.json $(LINTERS)/node_modules/package-lock.json || { \
	cp tests/openapi_linters/*.json $(LINTERS)/; npm ci --prefix $(LINTERS) --silent --no-audit --no-fund --ignore-scripts; \
	cp $(LINTERS)/package-lock.json $(LINTERS)/node_modules/; }; \
	$(LINTERS)/node_modules/.bin/spectral lint --ruleset tests/openapi_linters/spectral.yaml --fail-severity hint \
	docs/openapi.yaml docs/openapi-android.yaml; \
	REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true $(LINTERS)/node_modules/.bin/redocly lint \
	--config tests/openapi_linters/redocly.yaml --max-problems 20 docs/openapi.yaml docs/openapi-android.yaml 2> $(LINTERS)/redocly.log \
	|| { cat $(LINTERS)/redocly.log; exit 1; }

# With tools of its own, in an environment of its own.
DEPLOY_TOOLS = var/deploy/venv
check-deploy: deploy-tools
	@TOOLS=$(DEPLOY_TOOLS)/bin deploy/check.sh

audit: deploy-tools
	@for lock in requirements*.txt; do echo "$$lock"; \
	$(DEPLOY_TOOLS)/bin/pip-audit --disable-pip --require-hashes --progress-spinner off -r $$lock || exit 1; done

deploy-tools: venv
	@cmp -s requirements-deploy.txt $(DEPLOY_TOOLS)/requirements-deploy.txt || { \
	echo 'Installing the locked tools of check-deploy (a minute, once) ...'; \
	$(IN)/python -m venv --clear $(DEPLOY_TOOLS) && $(DEPLOY_TOOLS)/bin/python $(PIP) requirements-deploy.txt \
	&& cp requirements-deploy.txt $(DEPLOY_TOOLS)/; }

DESCRIBE = $(IN)/python manage.py spectacular --validate --fail-on-warn
# The Android API has a document of its own.
DESCRIBE_APP = $(DESCRIBE) --generator-class android.openapi.AppGenerator
schema: development
	$(DESCRIBE) --file docs/openapi.yaml
	$(DESCRIBE_APP) --file docs/openapi-android.yaml

format: development
	$(IN)/ruff format .
	$(IN)/ruff check --fix .

# With the extras that packages ask of each other: pip looks for "coverage[toml]" by itself, and finds the newest.
LOCK = $(IN)/uv pip compile --universal --no-strip-extras --python-version 3.11 --generate-hashes --custom-compile-command 'make lock' --quiet
lock: development
	$(LOCK) requirements.in -o requirements.txt $(ARGS)
	$(LOCK) requirements-dev.in -o requirements-dev.txt $(ARGS)
	$(LOCK) requirements-benchmarks.in -o requirements-benchmarks.txt $(ARGS)
	$(LOCK) requirements-deploy.in -o requirements-deploy.txt $(ARGS)

clean:
	rm -rf var

port:
	@$(ANY) -c 'import os, socket as s; host = os.environ.get("BIND", "127.0.0.1").strip("[]"); \
	p = s.socket(s.AF_INET6 if ":" in host else s.AF_INET); p.setsockopt(s.SOL_SOCKET, s.SO_REUSEADDR, 1); \
	p.bind((host, int(os.environ["PORT"])))' 2> /dev/null \
	|| ! $(ANY) -c '' 2> /dev/null \
	|| { echo 'Port $(PORT) is taken by another program, or is no port. Choose another one: PORT=8001 make run' >&2; exit 1; }

venv:
	@mkdir -p var
	@$(IN)/python -c 'import pip' 2> /dev/null || { \
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2> /dev/null || { \
	echo 'Python 3.11 or newer is needed, and "$(PYTHON)" is not. Name one that is: PYTHON=python3.13 make run' >&2; exit 1; }; \
	echo 'Making a virtual environment in .venv ...'; rm -rf .venv; \
	$(PYTHON) -m venv .venv > var/venv.log 2>&1 || { cat var/venv.log; rm -rf .venv; \
	echo 'Python cannot make a virtual environment; on Debian and Ubuntu: apt install python3-venv' >&2; exit 1; }; }

# Nothing is installed again until a lock changes: .venv keeps a copy of what it was made from.
PIP = -m pip install -qq --disable-pip-version-check --no-input --require-hashes -r
INSTALL = $(IN)/python $(PIP)

runtime: venv
	@cmp -s requirements.txt .venv/requirements.txt || { \
	echo 'Installing the locked packages (about a minute, once) ...'; \
	$(INSTALL) requirements.txt && cp requirements.txt .venv/; }

development: venv
	@cmp -s requirements-dev.txt .venv/requirements-dev.txt || { \
	echo 'Installing the locked packages and the tools for tests (a minute or two, once) ...'; \
	$(INSTALL) requirements-dev.txt && cp requirements.txt requirements-dev.txt .venv/; }
