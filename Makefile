# Each target sets up what is missing and ends with one line that says what was counted.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.frontnews-$(shell cksum requirements.lock pyproject.toml 2>/dev/null | cksum | cut -d' ' -f1)

ROUNDS ?= 20
MINUTES ?= 10
WORKERS ?= 4

.PHONY: help setup demo test lint accuracy bench chaos killing hostile fuzz lock clean
.DEFAULT_GOAL := help

help: ## what can be made
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

setup: $(STAMP) ## .venv with the locked dependencies and .venv/bin/frontnews

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "frontnews needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) -V). Try: make PYTHON=python3.11 $(MAKECMDGOALS)"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "setup: installing the locked dependencies (about a minute)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@rm -f $(VENV)/.frontnews-*; touch $@
	@echo "setup: $$($(BIN)/python -m pip list 2>/dev/null | tail -n +3 | wc -l) packages in $(VENV), $(BIN)/frontnews is ready"

demo: setup ## eight demo portals, crawled twice; then the dashboard, until Ctrl-C
	@$(BIN)/python -m benchmarks.demo

test: setup lint ## the suite without its slow proofs, on SQLite and PostgreSQL
	@PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest tests -n $(WORKERS) --dist worksteal -m "not slow" # or each of hundreds of processes compiles anew

lint: setup ## ruff, mypy --strict, layers
	@$(BIN)/ruff check --quiet . && $(BIN)/ruff format --check --quiet . && $(BIN)/mypy && $(BIN)/lint-imports --no-cache > /dev/null \
	  && echo "lint: $$(git ls-files '*.py' | wc -l) files: ruff, mypy --strict and the layers hold" \
	  || { $(BIN)/ruff check . ; $(BIN)/ruff format --check . ; $(BIN)/lint-imports --no-cache; exit 1; }

bench: setup ## a page's price beside other crawlers; a clock, saving, the archive, a small read: against their bounds
	@$(BIN)/python -m benchmarks.all

chaos: setup ## the slow proofs, then ROUNDS=20 of killing and stopping whatever crawls
	@$(BIN)/python -m pytest tests -m slow && $(BIN)/python -m benchmarks.chaos --rounds $(ROUNDS)

killing: setup ## ROUNDS=20 of kill -9 at random moments of crawls, on both engines
	@$(BIN)/python -m benchmarks.killing --rounds $(ROUNDS)

hostile: setup ## 66 servers that misbehave, each with its guard and without
	@$(BIN)/python -m tests.hostile

fuzz: setup ## broken input for every parser, MINUTES=10
	@$(BIN)/python -m tests.fuzz --minutes $(MINUTES)

accuracy: setup ## how well pages are read and tagged, in one table
	@$(BIN)/python -m benchmarks.accuracy

lock: ## requirements.lock anew from pyproject.toml: hashes, no address of any index
	@$(BIN)/uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 \
	  --generate-hashes --no-header --no-annotate --quiet --output-file requirements.lock
	@! grep -nE 'https?://' requirements.lock

clean: ## remove the environment and everything the demo wrote
	@rm -rf $(VENV) build/demo *.egg-info
