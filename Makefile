# The only door: `make up` runs Garrison, `make test` tests it. Every target works on a fresh clone.
#
#   make up PYTHON=python3.12          another interpreter
#   make up OPTIONS="--port 4610"      options of `garrison up` (port, home, workers …)
#   make up OFFLINE=1                  install from dist/garrison-bundle-….tar, without internet (docs/offline.md)
#   make test PYTEST_ARGUMENTS="tests/wire -k chunked"

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
OPTIONS ?=
OFFLINE ?=
BUNDLE ?=
PYTEST_ARGUMENTS ?=

INSTALL = $(BIN)/python scripts/install.py $* $(if $(filter-out 0 no,$(OFFLINE)),--offline $(BUNDLE))
# A bundle brings the console built (docs/offline.md). Nothing else needs it.
BUILD_CONSOLE = $(if $(filter-out 0 no,$(OFFLINE)),@true,@$(BIN)/python scripts/build_console.py)
REFUSE = { printf 'garrison: %s\n  %s\n' "$(1)" "$(2)" >&2; exit 1; }

# Kept bytecode is what lets every process of a server, and every command, start without compiling all of Garrison anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: up down install console test lint bench conformance docs lock bundle clean
.NOTPARALLEL:
.DELETE_ON_ERROR:

up: $(VENV)/.runtime
	$(BUILD_CONSOLE) --optional --tidy
	@$(BIN)/garrison up --detach $(OPTIONS)

down:
	@test -x $(BIN)/garrison || $(call REFUSE,Garrison is not installed in $(VENV).,Install and start it with: make up)
	@$(BIN)/garrison down

install: $(VENV)/.runtime
	$(BUILD_CONSOLE) --optional --tidy

console: $(VENV)/.made
	$(BUILD_CONSOLE)

test: $(VENV)/.test
	$(BUILD_CONSOLE) --optional
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder $(PYTEST_ARGUMENTS)

conformance: $(VENV)/.test
	$(BIN)/python -m pytest -rP tests/conformance $(PYTEST_ARGUMENTS)

lint: $(VENV)/.lint
	$(BIN)/ruff format --check src tests benchmarks scripts
	$(BIN)/ruff check src tests benchmarks scripts
	$(BIN)/mypy
	$(BIN)/mypy scripts
	$(BIN)/lint-imports --no-cache
	$(BIN)/python scripts/build_docs.py --check
	$(BIN)/python scripts/build_console.py --check

bench: $(VENV)/.bench
	@for script in benchmarks/[a-z]*.py; do echo "== $$script"; $(BIN)/python $$script || exit 1; done

docs: $(VENV)/.lint
	$(BIN)/python scripts/build_docs.py

bundle: $(VENV)/.runtime
	@$(BIN)/python scripts/make_bundle.py

lock: $(VENV)/.lock
	$(BIN)/python scripts/lock_requirements.py

clean:
	-@test ! -x $(BIN)/garrison || $(BIN)/garrison down >/dev/null 2>&1 || true
	rm -rf $(VENV) build dist console/node_modules console/dist src/garrison/gateway/console/built* .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find src tests benchmarks scripts -name __pycache__ -prune -exec rm -rf {} +

# The stamp is written last, so that an interrupted installation is begun again.
$(VENV)/.made:
	@command -v "$(PYTHON)" >/dev/null || $(call REFUSE,There is no $(PYTHON) on this machine.,Install it: sudo apt-get install -y python3 python3-venv)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || $(call REFUSE,Garrison needs Python 3.11 or later; this is $$($(PYTHON) --version).,Install a later one and name it: make up PYTHON=python3.12)
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || $(call REFUSE,Python lacks its venv module.,Install it: sudo apt-get install -y python3-venv)
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.runtime: $(VENV)/.%: requirements/%.txt pyproject.toml | $(VENV)/.made
	@echo "Installing Garrison into $(VENV) ..."
	@$(INSTALL)
	@touch $@

$(VENV)/.test $(VENV)/.lint $(VENV)/.bench $(VENV)/.lock: $(VENV)/.%: requirements/%.txt $(VENV)/.runtime
	@echo "Installing what 'make $*' needs ..."
	@$(INSTALL)
	@touch $@
