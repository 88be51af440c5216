# make run       installs on first use and starts the app on http://localhost:8501
# make test      installs what the tests need and runs them, in a few minutes
# make test-all  runs the long ones too: they make the real demos, and stop and resume trainings at many points
.PHONY: run test test-all check clean

PYTHON ?= python3
BIN := .venv/bin

run: .venv/installed
	$(BIN)/sidelight serve

test: .venv/installed-test check
	$(BIN)/pytest

test-all: .venv/installed-test check
	$(BIN)/pytest -m 'long or not long'

check: .venv/installed-test .venv/types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

clean:
	rm -rf .venv build *.egg-info

.venv/bin/python:
	$(PYTHON) -m venv .venv

INSTALL := $(BIN)/python -m pip install --quiet --constraint constraints.txt

.venv/installed: pyproject.toml constraints.txt | .venv/bin/python
	$(INSTALL) --editable .
	touch $@

.venv/installed-test: .venv/installed
	$(INSTALL) --editable '.[test]'
	touch $@

# The folders are imported as sidelight.models and so on; a type checker finds them through these links.
.venv/types: | .venv/bin/python
	mkdir -p $@/sidelight
	ln -sfn ../../../models ../../../explain ../../../dashboard $@/sidelight/
