# Two commands: `make demo` and `make test`. Both run `make install` first, which needs only Python 3.11+ and make.
# Prefer the system's own Python of the same version, if it can create virtual environments: distributions build theirs
# with profile-guided optimisation, which most other builds lack, and everything here takes a fifth less time.
# `make install PYTHON=…` chooses another.
PYTHON ?= $(shell v=$$(python3 -c 'import sys; print(sys.version_info[:2])'); /usr/bin/python3 -c "import ensurepip, sys; \
  sys.exit(str(sys.version_info[:2]) != '$$v')" 2>/dev/null && echo /usr/bin/python3 || echo python3)
BIN := .venv/bin
STAMP := .venv/.installed

.PHONY: install demo cluster soak check test mutants simulate screenshot lock clean

install: $(STAMP)

$(STAMP): requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit("Wakeup needs Python 3.11 or newer") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	# Compile once, because several processes that start at the same time would each do it.
	$(BIN)/python -m compileall -q wakeup
	@touch $(STAMP)

demo: install
	$(BIN)/wakeup demo

# The demo against four nodes on one PostgreSQL.
cluster: install
	$(BIN)/wakeup cluster

# Kills and pauses real nodes at random for ten minutes; MINUTES=1 for a short one.
MINUTES ?= 10
soak: install
	$(BIN)/wakeup soak --minutes $(MINUTES) --json

check: install
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# The tests start the program some fifty times, so compiled modules are kept, even if the shell says otherwise.
test: install
	PYTHONDONTWRITEBYTECODE= $(BIN)/pytest -n 5 --dist loadgroup

# Takes out one guard at a time (tests/mutants/*.toml). A test must fail each time.
mutants: install
	$(BIN)/python tests/mutants/run.py

# Days of three nodes in virtual time with every kind of fault. Prints the seeds, so that each day can be repeated.
simulate: install
	$(BIN)/wakeup simulate --days 8 --cases 250 --nodes 3 --faults all

# Takes the picture of the console in the README from a separate demo. Needs Chromium.
screenshot: install
	$(BIN)/python -m tests.browser.screenshot docs/console.png

# Needs `uv` on the path. Writes versions and hashes, but no index addresses.
lock:
	uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-emit-find-links --no-header --quiet -o requirements.lock

# `var` stays: with the default settings it holds the database, the anchors file and the erasures file.
clean:
	rm -rf .venv var/demo var/cluster var/soak dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
