# The only door: `make up` runs Garrison, `make test` tests it.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
BUNDLE ?= $(firstword $(wildcard dist/garrison-bundle-*.tar))
PYTEST_ARGUMENTS ?=

ifdef OFFLINE
FROM := --no-index --find-links build/bundle/wheels
UNPACKED := build/bundle/.verified
endif

.PHONY: up down test lint bench conformance docs lock bundle clean

up: $(VENV)/.runtime
	@$(BIN)/garrison up --detach

down: $(VENV)/.runtime
	@$(BIN)/garrison down

test: $(VENV)/.test
	$(BIN)/python -m pytest -n 2 --dist loadgroup $(PYTEST_ARGUMENTS)

conformance: $(VENV)/.test
	$(BIN)/python -m pytest -rP tests/conformance $(PYTEST_ARGUMENTS)

lint: $(VENV)/.lint
	$(BIN)/ruff format --check src tests benchmarks scripts
	$(BIN)/ruff check src tests benchmarks scripts
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/python scripts/build_docs.py --check

bench: $(VENV)/.bench
	@for script in benchmarks/[a-z]*.py; do echo "== $$script"; $(BIN)/python $$script || exit 1; done

docs: $(VENV)/.lint
	$(BIN)/python scripts/build_docs.py

bundle: $(VENV)/.runtime
	$(BIN)/python scripts/make_bundle.py

lock:
	$(BIN)/python -m uv pip compile pyproject.toml --group dev --all-extras --universal --python-version 3.11 \
		--generate-hashes --no-annotate --no-header --no-emit-index-url --no-emit-find-links -q -o requirements/dev.txt
	$(BIN)/python scripts/split_requirements.py

clean:
	-@test -x $(BIN)/garrison && $(BIN)/garrison down >/dev/null 2>&1
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find src tests benchmarks scripts -name __pycache__ -prune -exec rm -rf {} +

build/bundle/.verified: $(BUNDLE)
	@test -n "$(BUNDLE)" || { echo "There is no bundle in dist/. Make one on a machine with internet: make bundle" >&2; exit 1; }
	@$(PYTHON) scripts/unpack_bundle.py "$(BUNDLE)" build/bundle && touch $@

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Garrison needs Python 3.11 or later: apt-get install python3" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { echo "Python's venv module is missing: apt-get install python3-venv" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.runtime: requirements/runtime.txt pyproject.toml $(UNPACKED) | $(VENV)/bin/python
	@echo "Installing Garrison into $(VENV) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes $(FROM) -r requirements/runtime.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation $(FROM) -e .
	@touch $@

$(VENV)/.test $(VENV)/.lint $(VENV)/.bench: $(VENV)/.%: requirements/%.txt $(VENV)/.runtime
	@echo "Installing what 'make $*' needs ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes $(FROM) -r $<
	@touch $@
