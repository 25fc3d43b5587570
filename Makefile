# `make run` and `make test` need Python 3.11 and make; what else they need, they get.

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/pip --quiet --disable-pip-version-check
STATIC := src/checkdata/entrypoints/web/static/govuk
PYTHON := $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)

# Stamps: made again when what stands after the colon is newer, so that a second run takes seconds.
RUN_PACKAGES := $(VENV)/run-packages
TEST_PACKAGES := $(VENV)/test-packages
INSTALLED := $(STATIC)/.unpacked

# Real services that are cut, starved and killed, and two changes at once in every interleaving: a suite of its own,
# because it takes minutes.
FAULTS := tests/integration/faults tests/integration/test_killed_imports.py $(wildcard tests/contracts/test_*_races.py)

# Faults of processes, of clients and of secrets: CI begins with these or with the others, and runs both if there is time.
FAULTS_OF_PROCESSES := $(addprefix tests/integration/faults/,test_workers.py test_races.py test_new_keys.py \
	test_readers.py test_http.py test_half_closed_clients.py test_slow_readers.py test_hostile_inputs.py)
FAULTS_OF_DATA := $(filter-out $(FAULTS_OF_PROCESSES),$(wildcard tests/integration/faults/test_*.py)) \
	tests/integration/test_killed_imports.py $(wildcard tests/contracts/test_*_races.py)

# Every page in a real browser, with axe and the HTML checker.
BROWSER := tests/integration/journeys tests/integration/test_page_laws.py

# What other teams get, as they get it: a wheel in an empty environment, examples, the rules in other languages, the site of
# the documents, requests made of both OpenAPI documents. It builds and starts much, so it has a command of its own too.
OUTSIDE := tests/integration/conformance tests/integration/examples tests/integration/test_installed.py \
	tests/integration/test_complete_types.py tests/integration/test_site.py tests/integration/test_tutorial.py \
	tests/integration/decision_point/test_openapi.py tests/integration/web/test_openapi_requests.py \
	tests/integration/cli/test_asking_examples.py tests/integration/cli/watching tests/integration/proxies

# Random histories of the whole service, every migration there and back, the largest files, a small bench: what takes
# minutes because there is much of it has a command of its own.
LONG := $(addprefix tests/integration/,test_equivalence.py test_access_machine.py test_lapse_machine.py test_bench.py \
	sql/test_migrations.py sql/test_adding_who_acts.py spreadsheets/test_work_and_memory.py)

# The image of the Dockerfile, run: a command of its own, because it takes what builds and runs containers.
CONTAINER := tests/integration/container

# $(call debian,PACKAGES): install Debian's packages as root, or say how and stop.
debian = if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "Installing $(1) from Debian's packages"; \
		apt-get update --quiet=2 && DEBIAN_FRONTEND=noninteractive apt-get install --yes --quiet=2 \
			--option DPkg::Lock::Timeout=300 --no-install-recommends $(1) >/dev/null; \
	else \
		echo "Needed here: $(1). Run: sudo apt-get update && sudo apt-get install $(1)" >&2; exit 1; \
	fi

# Where this is set, each of the many processes of a run would compile all of the house again.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help run test test-long test-browser test-outside test-faults container test-container podman proxies drill prove bench docs release lint lock clean postgresql chromium sqlite yardstick java ruby prometheus
.DELETE_ON_ERROR:
.NOTPARALLEL:

help: ## show this list
	@sed -n 's/^\([a-z-]*\):.*## /make \1\t/p' $(MAKEFILE_LIST) | expand -t 22

run: $(INSTALLED) ## serve the demo at http://127.0.0.1:8000, with made-up people in it
	@$(BIN)/checkdata demo

test: postgresql sqlite lint ## check the code and try all rules, pages and commands, on SQLite and PostgreSQL
	$(BIN)/pytest --numprocesses 2 --dist worksteal $(addprefix --ignore ,$(LONG) $(FAULTS) $(BROWSER) $(OUTSIDE) $(CONTAINER))
	@echo "All checks passed. To see the service, run: make run"

test-long: postgresql sqlite $(TEST_PACKAGES) $(INSTALLED) ## try random histories of the service, all migrations, the largest files, the bench
	$(BIN)/pytest --numprocesses 2 --dist worksteal $(LONG)

test-browser: postgresql chromium java $(TEST_PACKAGES) $(INSTALLED) ## use every page in Chromium, with axe and the HTML checker
	$(BIN)/pytest --numprocesses 2 --dist worksteal $(BROWSER)

test-outside: postgresql chromium ruby prometheus proxies $(TEST_PACKAGES) $(INSTALLED) ## try what other teams get: the wheel, examples, other languages, the site, Prometheus
	$(BIN)/pytest --numprocesses 2 --dist worksteal $(OUTSIDE)

test-faults: postgresql $(TEST_PACKAGES) $(INSTALLED) ## try clients, databases and processes that fail, and two at once; takes minutes
	$(BIN)/pytest --numprocesses 2 --dist worksteal $(AGAIN) $(if $(HALF),$($(HALF)),$(FAULTS))

drill: postgresql $(TEST_PACKAGES) $(INSTALLED) ## back up, lose everything, restore to another place, serve; tells how long each took; ROWS=600000 takes more
	DRILL_ROWS=$(ROWS) $(BIN)/pytest -q -s tests/integration/faults/test_drill.py

container: podman ## build the image checkdata, on BASE=… or, without it, on Debian's packages
	ops/container/build.sh localhost/checkdata $(BASE)

test-container: postgresql podman $(TEST_PACKAGES) $(INSTALLED) ## build the image and run it, where podman can run here
	@if podman info >/dev/null 2>&1; then $(MAKE) container && $(BIN)/pytest $(CONTAINER); \
	else echo "Not tried here: the image. There is no podman, or it does not run."; fi

prove: $(TEST_PACKAGES) $(INSTALLED) ## take a small world of access whole, and prove that its SQL is the rule; takes five minutes
	CHECKDATA_PROVE=long $(BIN)/pytest --numprocesses 2 tests/proof

bench: postgresql sqlite yardstick $(INSTALLED) ## measure beside ../shared/peers, COPY, pgbench and the sqlite3 shell; ROWS=20000 takes a minute
	$(BIN)/python bench/run.py $(ROWS)

docs: $(TEST_PACKAGES) $(INSTALLED) ## build the documents as a site, in build/site; needs no network
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --quiet
	@echo "Open build/site/index.html, or serve it with its search: $(BIN)/python -m http.server --directory build/site"

release: $(TEST_PACKAGES) $(INSTALLED) ## build wheel, sdist and bill of materials in dist/, and try them where nothing else is
	$(BIN)/python release.py

lint: $(TEST_PACKAGES) $(INSTALLED) ## check style, types and the directions of imports
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

lock: $(TEST_PACKAGES) ## renew requirements/*.txt: the newest versions that pyproject.toml allows
	$(call compile,run,pyproject.toml --extra all)
	$(call compile,build,--group build --constraint requirements/run.txt)
	$(call compile,test,pyproject.toml --extra all --group build --group dev --group docs --constraint requirements/run.txt)
	$(call compile,node,--group node)

clean: ## remove all that was made here
	rm -rf $(VENV) $(STATIC) build dist .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache

# A uv.lock would name a registry's host in every line.
compile = $(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
	--no-annotate --no-header --output-file requirements/$(1).txt $(2)

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Needed here: Python 3.11 or later. Run: sudo apt-get install python3" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { $(call debian,python3-venv); }
	$(PYTHON) -m venv $(VENV)

$(RUN_PACKAGES): requirements/run.txt requirements/build.txt requirements/node.txt | $(BIN)/python
	$(PIP) install --require-hashes -r requirements/run.txt -r requirements/build.txt
	@command -v npm >/dev/null || { set -x; $(PIP) install --require-hashes -r requirements/node.txt; }
	@touch $@

$(TEST_PACKAGES): requirements/test.txt $(RUN_PACKAGES)
	$(PIP) install --require-hashes -r requirements/test.txt
	@touch $@

$(INSTALLED): pyproject.toml hatch_build.py $(RUN_PACKAGES)
	$(PIP) install --no-deps --no-build-isolation --editable .
	@$(BIN)/python -m compileall -q src
	@touch $@

# `make test POSTGRESQL=16` takes that version; otherwise tests take the newest that is installed.
postgresql:
	@ls /usr/lib/postgresql/$(or $(POSTGRESQL),*)/bin/postgres >/dev/null 2>&1 \
		|| { $(call debian,postgresql$(addprefix -,$(POSTGRESQL))); }

# The HTML checker runs on it.
java:
	@command -v java >/dev/null || { $(call debian,default-jre-headless); }

# One of the examples of the rules in another language; Node.js, for the other, comes with npm.
ruby:
	@command -v ruby >/dev/null || { $(call debian,ruby); }

# It scrapes the service; promtool checks the alarms.
prometheus:
	@command -v promtool >/dev/null && command -v prometheus >/dev/null || { $(call debian,prometheus); }

# They stand before the service in the examples of ops/.
proxies:
	@{ command -v nginx && command -v caddy && command -v systemd-analyze; } >/dev/null \
		|| { $(call debian,nginx-light caddy systemd); }

# With runc it runs where control groups are of version 1 too; mmdebstrap makes a base where no registry is reached.
# Its networks are made by netavark, with iptables, which Debian only recommends.
podman:
	@{ command -v podman && command -v runc && command -v mmdebstrap && PATH="$$PATH:/usr/sbin" command -v iptables; } \
		>/dev/null || { $(call debian,podman runc mmdebstrap netavark iptables); }

sqlite:
	@command -v sqlite3 >/dev/null || { $(call debian,sqlite3); }

# What the yardstick asks with, where its peers are.
yardstick:
	@test ! -d ../shared/peers || { command -v wrk && command -v curl && command -v /usr/bin/time; } >/dev/null \
		|| { $(call debian,wrk curl time); }

# Playwright, which drives it, brings a Node.js of its own that is linked to libatomic.
chromium:
	@command -v chromium >/dev/null && ls /usr/lib/*/libatomic.so.1 >/dev/null 2>&1 \
		|| { $(call debian,chromium fonts-liberation libatomic1); }
