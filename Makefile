# The two commands of a fresh machine are `make demo` and `make test`; both need Python 3.11+ with venv, and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo test check lint types format screenshots clean

demo: $(VENV)/core
	@$(BIN)/python -m crawler demo

test: $(VENV)/test
	$(BIN)/python -m pytest -n auto

check: lint types test

lint: $(VENV)/test
	$(BIN)/ruff check crawler tests benchmarks docs
	$(BIN)/ruff format --check crawler tests benchmarks docs

types: $(VENV)/test
	$(BIN)/mypy
	$(BIN)/mypy benchmarks

format: $(VENV)/test
	$(BIN)/ruff check --fix crawler tests benchmarks docs
	$(BIN)/ruff format crawler tests benchmarks docs

screenshots: $(VENV)/test
	$(BIN)/python docs/screenshots.py

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "crawler needs Python 3.11 or newer; name one: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -m venv $(VENV)

$(VENV)/core: $(BIN)/python pyproject.toml
	@echo "setting up $(VENV) (once)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/test: $(BIN)/python pyproject.toml
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[test]'
	@touch $@ $(VENV)/core

clean:
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .crawler
