# Everything that can be done with this repository; `make help` lists it. A bare machine needs python3 >= 3.11 and make,
# `integration`, `chaos` and `bench` nats-server besides: each target first builds .venv, once, with the versions of
# constraints.txt. `make test VENV=.venv-3.13 PYTHON=python3.13` does the same with another interpreter.

SHELL := /bin/sh
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

VENV ?= .venv
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
RUN := $(VENV)/bin/python -m
CODE := $(wildcard src tests examples benchmarks tools)

# The light extras are installed, so that they are tested and type-checked too.
WANTED := -e ".[calendar,cloudevents,ids,msgspec,orjson,otel]" --group dev -c constraints.txt

# The stamp bears the folder's name: an environment that came along with a copy of the folder is made anew.
EMPTY :=
STAMP := $(VENV)/made-in$(subst $(EMPTY) ,-,$(subst /,-,$(CURDIR)))

.PHONY: help demo test same check bench laws world outcome frozen integration chaos format constraints clean

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' Makefile | expand -t 22

demo: $(STAMP) ## a fortnight of real orders on SQLite, with a report page
	$(RUN) examples.demo

test: $(STAMP) ## all tests, and all code in README, docs and docstrings
	$(RUN) pytest --numprocesses 2

same: $(STAMP) ## what every version of Python must answer to the byte: plans, and the recorded journals
	$(RUN) pytest tests/routing/test_same_plans.py tests/codec/test_golden.py

check: $(STAMP) ## lint, format, types, layers, purity, exports, sizes
	$(RUN) ruff check $(CODE)
	$(RUN) ruff format --check $(CODE)
	$(RUN) mypy $(CODE)
	$(VENV)/bin/lint-imports --no-logo
	$(RUN) pytest tests/structure
	@$(RUN) tools.measure src/unicommerce tests && $(RUN) tests.structure.test_ratchet

bench: $(STAMP) ## speed and memory, as ratios measured side by side; ONLY="postgres flash" for some of it
	$(RUN) benchmarks $(ONLY)

laws: $(STAMP) ## the property tests with many more examples
	$(RUN) pytest -m "hypothesis and not integration" --hypothesis-profile=deep --numprocesses 2

world: $(STAMP) ## a thousand simulated worlds under faults, and what finds each planted bug; goes on where it stopped
	$(RUN) tests.simulation.campaign

outcome: $(STAMP) ## one quarter through a loosely coupled stack and through us, a table; goes on where it stopped; SEEDS=10
	$(RUN) examples.spaghetti $(SEEDS)

frozen: $(STAMP) ## all tests with values that are frozen while running, too
	$(RUN) pytest --frozen

integration: $(STAMP) ## the tests that crash real servers
	$(RUN) pytest -m integration

chaos: $(STAMP) ## days under fire on real servers, and what finds each planted bug; goes on where it stopped; SEEDS=8
	$(RUN) tests.chaos.campaign $(SEEDS)

format: $(STAMP) ## put the code into the house's form
	$(RUN) ruff check --fix --quiet $(CODE) || true
	$(RUN) ruff format $(CODE)

constraints: ## write constraints.txt anew, from what is newest
	rm -rf build/constraints
	"$(PYTHON)" -m venv build/constraints
	build/constraints/bin/python -m pip install --quiet --upgrade pip
	build/constraints/bin/python -m pip install --quiet $(subst -c constraints.txt,,$(WANTED))
	build/constraints/bin/python -m pip freeze --exclude-editable > build/constraints.txt
	{ sed -n '/^#/p' constraints.txt; grep -E '^[A-Za-z0-9._-]+==[^ ]+$$' build/constraints.txt; } > build/new.txt
	mv build/new.txt constraints.txt

clean: ## remove all that was made
	rm -rf .venv .venv-* build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find src tests examples benchmarks tools -name __pycache__ -prune -exec rm -rf {} + 2>/dev/null || true

# uv is quick; where it cannot be had, or cannot reach what pip can (it does not read pip's settings), pip does the same.
$(STAMP): pyproject.toml constraints.txt
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed, as python3." >&2; exit 1; }
	@test -f "$(STAMP)" || "$(PYTHON)" -m venv --clear $(VENV)
	@index=$${UV_DEFAULT_INDEX:-$${PIP_INDEX_URL:-$$($(RUN) pip config get global.index-url 2>/dev/null)}}; \
	if test -n "$$index"; then UV_DEFAULT_INDEX=$$index; export UV_DEFAULT_INDEX; fi; \
	{ $(RUN) pip install --quiet uv && $(RUN) uv pip install --quiet --python $(VENV) $(WANTED); } \
	|| { $(RUN) pip install --quiet --upgrade pip && $(RUN) pip install --quiet $(WANTED); }
	@touch "$(STAMP)"
