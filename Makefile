# Everything runs in .venv, which these targets build from constraints.txt; nothing else is needed
# but Python >= 3.11 and make.  PYTHON=python3.12 make …  chooses another interpreter.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
DEV    := $(VENV)/.ready-dev

.PHONY: run test check format lint types contracts size docs docs-check wheel-test bench torture test-terminals snapshots clean

run: $(READY)
	@tools/run.sh $(BIN)

test: $(DEV)
	$(BIN)/python -m pytest -n 6 $(ARGS)

check: lint types contracts size docs-check test wheel-test

format: $(DEV)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lint: $(DEV)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: $(DEV)
	$(BIN)/mypy

contracts: $(DEV)
	$(BIN)/lint-imports

size: $(DEV)
	$(BIN)/python tools/check_size.py

docs: $(DEV)
	$(BIN)/python tools/key_tables.py --write

docs-check: $(DEV)
	$(BIN)/python tools/key_tables.py

wheel-test: $(DEV)
	$(BIN)/python tools/check_wheel.py

bench: $(DEV)
	$(BIN)/python -m benchmarks $(ARGS)

# Kills, cuts and full disks; SEED and ROUNDS choose which.  ARGS=--help tells the rest.
torture: $(DEV)
	$(BIN)/python -m tests.torture $(if $(SEED),--seed $(SEED)) $(if $(ROUNDS),--rounds $(ROUNDS)) $(ARGS)

# The program in real terminals, with a kit that brings them; without it, a message and no failure.
test-terminals: $(DEV)
	$(BIN)/python -m tests.terminals $(ARGS)

snapshots: $(DEV)
	$(BIN)/python -m pytest tests/snapshots --snapshot-update -n 2

clean:
	rm -rf $(VENV) build dist

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Darkroom needs Python 3.11 or newer; $(PYTHON) is older. Try: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "The venv module is missing; on Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }

$(READY): $(VENV)/bin/python pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	@touch $@

$(DEV): $(VENV)/bin/python pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@ $(READY)
