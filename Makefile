# Everything a person does with the product from a terminal. Needs make and Python 3.11 or newer
# with venv; nothing else. Paths are relative, so that the checkout may lie anywhere.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin

.PHONY: install demo run test test-all coverage drill bench lint

install: .venv/runtime.stamp .venv/translations.stamp

# A workspace with demo data: prints its address and the sign-ins when it is ready.
demo: install
	@exec $(BIN)/python -m kam.supervise demo

# The same without demo data: the first page creates the administrator.
run: install
	@exec $(BIN)/python -m kam.supervise run

test: lint
	$(BIN)/python -m pytest -n 2

# Also full corpora and long drills.
test-all: lint
	$(BIN)/python -m pytest -n 2 --full

# Which lines the tests reach, in processes that they start as well: at least 95 % of all, and each
# one of those that walls are made of.
coverage: install .venv/dev.stamp
	$(BIN)/python -m pytest -n 2 --cov --cov-report=
	$(BIN)/coverage report --fail-under=100 --show-missing \
	  --include='accounts/access.py,kam/audit/*,kam/jobs/*,kam/lib/policy.py,kam/lib/scoping.py,scoring/engine/*'
	$(BIN)/coverage report --fail-under=95

# Causes each fault for real and prints one table; about a quarter of an hour.
drill: install .venv/dev.stamp
	$(BIN)/python -m pytest tests/drills -m drill --full

bench: install .venv/dev.stamp
	$(BIN)/python -m tests.benchmarks

lint: install .venv/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/mypy
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/python -m kam.translations check

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed." >&2; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Python 3.11 or newer is needed; $(PYTHON) is older. Set PYTHON=/path/to/python." >&2; exit 1; }
	@"$(PYTHON)" -c 'import ensurepip, venv' || { \
	  echo "Python's venv is missing; on Debian: apt-get install python3-venv" >&2; exit 1; }
	"$(PYTHON)" -m venv .venv

.venv/runtime.stamp: requirements.lock | .venv/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.lock
	@touch $@

.venv/dev.stamp: requirements-dev.lock .venv/runtime.stamp
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.lock
	@touch $@

.venv/translations.stamp: $(wildcard locale/*/*.po) kam/translations.py .venv/runtime.stamp
	$(BIN)/python -m kam.translations compile
	@touch $@
