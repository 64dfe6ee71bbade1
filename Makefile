# The verbs of the project. Make, because every machine that runs the bot has it, and CI calls the same verbs.
VENV ?= .venv
PYTHON ?= python3
BIN := $(VENV)/bin
# Three processes for two cores, as some tests wait. Each gets neighbouring tests, which share what is prepared.
PARALLEL := -n 3 --dist worksteal
export PYTHONPATH := .

.PHONY: setup install fix check format lint types contracts test test-all coverage mutation bench demo

setup:  ## install the pinned packages, unless VENV has these
	@cmp -s requirements-dev.txt $(VENV)/installed || $(MAKE) install

install:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install -q --require-hashes -r requirements-dev.txt
	cp requirements-dev.txt $(VENV)/installed

fix: setup  ## format, and what the linter can mend
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

check: format lint types contracts  ## everything but the tests

format: setup
	$(BIN)/ruff format --check .

lint: setup
	$(BIN)/ruff check .

types: setup
	$(BIN)/mypy

contracts: setup
	$(BIN)/lint-imports

test: setup  ## the fast tests: no PostgreSQL, no browser, no chaos
	$(BIN)/python -m pytest -q $(PARALLEL) -m "not postgresql and not browser and not chaos"

test-all: setup  ## every test
	$(BIN)/python -m pytest -q $(PARALLEL)

coverage: setup  ## the branches that the fast tests run: the ten files with the least of them, and all
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest -q $(PARALLEL) -m "not postgresql and not browser and not chaos"
	$(BIN)/coverage combine -q
	$(BIN)/coverage report --sort=cover | sed -n '1,12p;$$p'

mutation: setup  ## the planted faults that no test finds
	$(BIN)/python -m tests.mutation

bench: setup  ## the benchmark; takes half an hour on an idle machine
	$(BIN)/python -m tests.bench

demo: setup
	$(BIN)/python -m bot demo
