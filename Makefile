# Everything one does with Countback's source. Python >= 3.11 and make are enough: each target sets up what it needs.

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help run test check bench docs lock clean

VENV := .venv
BIN  := $(VENV)/bin

# The first Python that is new enough and runs (a name on the path may be a stub that does not); PYTHON=... overrides.
PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11; do \
  $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && { command -v $$python; break; }; done)

# Wheels only: what would build a source archive could not be pinned by the lock.
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check --no-input

help:  ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-6s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(VENV)/.run  ## the application with the demo books; it prints its address and how to sign in
	@COUNTBACK_DATA="$${COUNTBACK_DATA:-$(CURDIR)/.demo/data}" $(BIN)/countback serve --demo

test: export PYTHONDONTWRITEBYTECODE :=
test: $(VENV)/.dev  ## every test, those in a real browser too where one is to be had
	@$(BIN)/python -m tests.browser
	@$(BIN)/python -m pytest -n 2 --dist loadgroup

check: $(VENV)/.dev  ## format, lint, types, import contracts
	@export COUNTBACK_DATA=$(VENV)/checked; failed=; for step in "ruff format --check ." "ruff check ." "mypy" "lint-imports --no-logo"; do \
	  echo "== $$step"; $(BIN)/$$step || failed="$$failed [$$step]"; done; \
	if [ -n "$$failed" ]; then echo "make check: not in order:$$failed. Fix what is said above; 'ruff format .' and 'ruff check --fix .' (in $(BIN)) do much of it." >&2; exit 1; fi

bench: $(VENV)/.dev  ## the benchmarks, each beside its rival
	@$(BIN)/python bench/run.py

docs: $(VENV)/.dev  ## the generated pages: docs/errors.md and docs/kpis/
	@$(BIN)/python -m docs.generate

lock: $(VENV)/.dev  ## pin every dependency anew, with hashes (after a change of pyproject.toml)
	@$(LOCK) pyproject.toml --group build --output-file requirements/run.txt
	@$(LOCK) pyproject.toml --group dev --all-extras --constraint requirements/run.txt --output-file requirements/dev.txt
LOCK := $(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --custom-compile-command "make lock"

clean:  ## remove all that these targets made
	@rm -rf $(VENV) .demo .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache dist
	@find src tests bench docs -name __pycache__ -type d -prune -exec rm -rf {} +

# --- set-up: done again only where the lock, pyproject.toml or the interpreter changed ---

$(BIN)/python:
	@if [ -z "$(PYTHON)" ]; then echo "make: nothing was set up: no Python 3.11 or newer is on the path (looked for python3, python3.13, python3.12, python3.11); install one, or name it: make PYTHON=/path/to/python." >&2; exit 1; fi
	@echo "Making $(VENV) with $$($(PYTHON) --version) ..."
	@$(PYTHON) -m venv --clear $(VENV) || { rm -rf $(VENV); echo "make: no virtual environment was made: $(PYTHON) lacks venv or ensurepip; install them (on Debian and Ubuntu: apt-get install python3-venv) and try again." >&2; exit 1; }

$(VENV)/.run $(VENV)/.dev: $(VENV)/.%: requirements/%.txt pyproject.toml | $(BIN)/python
	@echo "Installing requirements/$*.txt ..."
	@$(PIP) install --require-hashes --only-binary :all: -r $<
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@
