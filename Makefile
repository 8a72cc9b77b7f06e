# make demo: set up, build every edition of the example, say where they lie.
# make test: set up, check style and types, run the tests.   make check: style and types only.
# make test-slow: the tests that take more than a few seconds each.   make test-all: all, with the figures of the night
# at full scale (test-soak, an hour) and a cluster of real processes (test-cluster).
# make eval: score the extractor.   make bench: measure the night (half an hour and more, with nothing else running).
# The first Python that runs and is new enough; a name on the PATH may be a shim for nothing.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
PIP := $(BIN)/pip --disable-pip-version-check --quiet

# Each worker takes from the other what is left: the longest tests do not wait for one alone.
PYTEST := $(BIN)/pytest -n 2 --dist worksteal

.PHONY: demo test test-slow test-all test-soak test-cluster check setup clean eval bench

demo: .venv/ready
	$(BIN)/briefgen build
	@echo "The editions:"
	@ls build/*/*.pdf build/*/*.html

test: .venv/ready-dev check
	scripts/prepare test
	$(PYTEST) -m "not slow and not cluster and not soak"

test-slow: .venv/ready-dev
	scripts/prepare test
	$(PYTEST) -m "slow and not cluster and not soak"

test-all: test test-slow test-soak test-cluster

test-soak: .venv/ready-dev
	$(BIN)/pytest -m soak

test-cluster: .venv/ready-dev
	$(BIN)/pytest -m "cluster and not soak" tests/test_cluster.py

check: .venv/ready-dev
	$(BIN)/ruff check src tests benchmarks
	$(BIN)/ruff format --check src tests benchmarks
	$(BIN)/mypy

eval: .venv/ready-dev
	$(BIN)/python scripts/evaluate.py

bench: .venv/ready-dev
	$(BIN)/python benchmarks/run.py --write --soak 2000

setup: .venv/ready

.venv/ready: pyproject.toml constraints.txt
	@test -n "$(PYTHON)" || { echo "briefgen needs Python 3.11 or newer; name one: make PYTHON=…"; exit 4; }
	scripts/prepare run
	$(PYTHON) -m venv .venv
	$(PIP) install --constraint constraints.txt --editable .
	@touch $@

.venv/ready-dev: .venv/ready
	$(PIP) install --constraint constraints.txt --editable '.[dev]'
	@touch $@

clean:
	rm -rf .venv tests/tools/node_modules build/*
