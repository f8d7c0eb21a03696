# The commands of README.md. Each sets up the virtual environment at .venv/ and then does its one thing.

PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
TEST_ARGS ?=

export UV_PYTHON_DOWNLOADS := never
export UV_SYSTEM_CERTS := 1
export PYTHONDONTWRITEBYTECODE ?=
export PORT

# What `check --deploy` looks at: the production profile, with throw-away keys.
PRODUCTION := env -u DEMO -u DEBUG DATABASE_URL=sqlite:///:memory: ALLOWED_HOSTS=ringfence.example \
	EMAIL_URL=smtp+tls://mail.ringfence.example:587 BEHIND_PROXY=1 \
	SECRET_KEY=$$($(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(64))') \
	RINGFENCE_MASTER_KEYS=k1:$$($(BIN)/python -c 'import base64, os; print(base64.b64encode(os.urandom(32)).decode())')

# `make run DB=postgres` keeps a PostgreSQL of its own in var/postgres.
ifeq ($(DB),postgres)
WITH_DATABASE := $(BIN)/python -m tests.support.postgres --keep var/postgres --
endif

.PHONY: run test verify lint format bench venv clean
.DEFAULT_GOAL := run

run: $(VENV)/.stamp
	@exec env DEMO=1 $(WITH_DATABASE) $(BIN)/python manage.py up

# Both databases are tried even when one fails; the exit code says whether either did. They run side by side, one a core,
# and PostgreSQL's report is printed when both are through.
test: $(VENV)/.stamp
	@mkdir -p var; sqlite=0; postgres=0; \
	BOTH_PASSES=1 RINGFENCE_VAR=$(CURDIR)/var/tests-postgres $(BIN)/python -m tests.support.postgres -- \
		$(BIN)/python -m pytest $(TEST_ARGS) > var/tests-postgres.txt 2>&1 & other=$$!; \
	echo "== Tests on SQLite"; \
	env -u DATABASE_URL BOTH_PASSES=1 $(BIN)/python -m pytest $(TEST_ARGS) || sqlite=$$?; \
	wait $$other || postgres=$$?; \
	echo "== Tests on PostgreSQL"; \
	cat var/tests-postgres.txt; \
	[ $$sqlite -eq 0 ] || echo "The tests on SQLite failed (exit code $$sqlite)."; \
	[ $$postgres -eq 0 ] || echo "The tests on PostgreSQL failed (exit code $$postgres)."; \
	[ $$sqlite -eq 0 ] && [ $$postgres -eq 0 ]

verify:
	@RINGFENCE_FULL=1 $(MAKE) --no-print-directory test

lint: $(VENV)/.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	DEMO=1 $(BIN)/mypy .
	$(BIN)/lint-imports
	DEMO=1 $(BIN)/python manage.py makemigrations --check --dry-run
	$(PRODUCTION) $(BIN)/python manage.py check --deploy --fail-level WARNING

format: $(VENV)/.stamp
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# `make bench ROWS=10000000` fills the audit log to that size; KEEP=folder keeps it for another run, which fills it no more.
bench: $(VENV)/.stamp
	@DEMO=1 BENCH_ROWS=$(ROWS) BENCH_KEEP=$(KEEP) $(BIN)/python -m bench.run

venv: $(VENV)/.stamp

$(VENV)/.stamp: requirements-dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "Ringfence needs Python 3.11 or newer; $(PYTHON) is $$(command -v $(PYTHON) >/dev/null && $(PYTHON) --version 2>&1 || echo missing). Choose another: make $(MAKECMDGOALS) PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "This Python cannot make virtual environments. Install them first: apt install python3-venv" >&2; exit 1; }
	@echo "Setting up $(VENV) (about half a minute) ..."
	@$(PYTHON) -m venv $(VENV)
	@uv=$$(grep -o '^uv==[0-9.]*' requirements-dev.txt); \
	{ $(BIN)/python -m pip install --quiet --disable-pip-version-check "$$uv" \
		&& $(BIN)/uv pip sync --quiet -p $(BIN)/python --require-hashes requirements-dev.txt; } \
	|| { echo "uv could not do it; trying plain pip." >&2; \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt; }
	@touch $@

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
