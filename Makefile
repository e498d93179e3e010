PYTHON ?= python3
BIN := .venv/bin

# Several processes, and one summary; tests/conftest.py says how many and in which order.
PYTEST := $(BIN)/python -m pytest -n auto --dist loadgroup --no-loadscope-reorder

.PHONY: dashboards setup demo check static test lint test-integration kafka servers browser parts screenshots bench-throughput

setup: .venv/.ready

# Only what a lock names, by its hash, and nothing that runs code to be built. Linux on 64-bit ARM
# has no wheel of Faust: WHEELS='--only-binary :all: --no-binary faust-streaming' builds that one.
WHEELS ?= --only-binary :all:
INSTALL := $(BIN)/pip install -q --disable-pip-version-check --no-deps
LOCKED := $(INSTALL) --require-hashes $(WHEELS)

.venv/.ready: pyproject.toml requirements/dev.lock
	$(PYTHON) -m venv .venv
	$(LOCKED) -r requirements/dev.lock
	$(INSTALL) --no-build-isolation -e .
	touch $@

# Writes the locks anew from the bounds in pyproject.toml, for every Python and system that they
# allow. A version stays while the bounds allow it; `make lock UPGRADE=--upgrade` takes the newest.
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header $(UPGRADE)

.PHONY: lock sbom digests
lock: setup
	$(COMPILE) pyproject.toml --extra dev -o requirements/dev.lock
	$(COMPILE) pyproject.toml -c requirements/dev.lock -o requirements/runtime.lock
	$(COMPILE) requirements/build.in -c requirements/dev.lock -o requirements/build.lock
	$(COMPILE) requirements/bench.in --no-deps -o requirements/bench.lock

# What an installation holds, as CycloneDX JSON.
sbom: setup
	$(BIN)/python tools/sbom.py dist/sellerwatch.cdx.json

# Pins the images of Dockerfile and docker-compose.yml; needs Docker and the registries.
digests:
	$(PYTHON) tools/pin_images.py

demo: setup
	$(BIN)/sellerwatch demo

# What is quick, for every change: the code as it stands, and the tests that need no servers.
check: static
	$(PYTEST) models streams tests --ignore tests/integration --ignore tests/attacks

# All there is.
test: setup parts
	$(PYTEST)

static: setup
	$(BIN)/ruff check models streams dashboards tests bench tools
	$(BIN)/ruff format --check models streams dashboards tests bench tools
	$(BIN)/mypy
	$(BIN)/lint-imports

# The audit's exit code 2 says that nothing could be looked up; its last line says so, too.
lint: static
	$(BIN)/python tests/audit_dependencies.py || [ $$? -eq 2 ]

test-integration: setup parts
	$(PYTEST) tests/integration

# Speed of a worker; the last line of output is one JSON object.
bench-throughput: setup kafka
	$(BIN)/python bench/throughput.py

# The real services for the integration tests, if they are available.
parts:
	@$(MAKE) --no-print-directory kafka servers browser

kafka: .cache/kafka

.cache/kafka:
	@if command -v mvn >/dev/null && command -v java >/dev/null; then \
	  mvn -q -B -f tests/integration/pom.xml dependency:copy-dependencies \
	    -DoutputDirectory=$(CURDIR)/.cache/kafka; \
	else echo "no Apache Kafka: its tests are skipped; install a JDK and Maven to have it"; fi

servers:
	@if command -v prometheus >/dev/null && command -v prometheus-alertmanager >/dev/null \
	  && command -v docker-compose >/dev/null && PATH="$$PATH:/usr/sbin" command -v nginx >/dev/null; then :; \
	elif command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq \
	    --no-install-recommends prometheus prometheus-alertmanager docker-compose nginx >/dev/null; \
	else echo "no Prometheus or NGINX: their tests are skipped; install Debian's prometheus, prometheus-alertmanager and nginx to have them"; fi

browser:
	@if command -v chromium >/dev/null; then :; \
	elif command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq \
	    --no-install-recommends chromium fonts-inter >/dev/null; \
	else echo "no Chromium: its tests are skipped; install Debian's chromium to have it"; fi

# The pictures of docs/, from an invented account.
screenshots: setup browser
	$(BIN)/python tests/integration/screenshots.py

.PHONY: bench-catalogue
bench-catalogue: setup
	$(BIN)/python bench/catalogue_lookup.py

.PHONY: bench-sources fuzz
bench-sources: setup
	$(BIN)/python bench/sources.py

fuzz: setup
	$(BIN)/python bench/sources_fuzz.py

# Grafana's JSON from its source in dashboards/.
dashboards: setup
	$(BIN)/python -W ignore::DeprecationWarning -m dashboards.build

# Detection compared with its peers in seven families of worlds; writes docs/detection.md and .svg.
bench-detection: setup
	$(LOCKED) -r requirements/bench.lock
	$(BIN)/python -m bench.detection

# Thefts among people who read files, beside one-line rules; docs/people.md has the table.
.PHONY: bench-people
bench-people: setup
	$(BIN)/python -m bench.people

# What the priors of the thresholds are learnt from.
.PHONY: bench-priors
bench-priors: setup
	$(BIN)/python -m bench.priors

bench-detector-cost: setup
	$(BIN)/python -m bench.detector_cost

bench-million-principals: setup
	$(BIN)/python -m bench.million_principals

.PHONY: bench-floods
bench-floods: setup
	$(BIN)/python -m bench.flood_cost
