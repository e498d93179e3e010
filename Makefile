PYTHON ?= python3
BIN := .venv/bin

.PHONY: setup demo test lint test-integration

setup: .venv/.ready

.venv/.ready: pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/pip install -q --disable-pip-version-check -e '.[dev]'
	touch $@

demo: setup
	$(BIN)/sellerwatch demo

test: setup
	$(BIN)/python -m pytest

lint: setup
	$(BIN)/ruff check models streams tests
	$(BIN)/mypy
	$(BIN)/lint-imports

test-integration: setup
	$(BIN)/python -m pytest tests/integration -rs
