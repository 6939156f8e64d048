# One command for people and CI alike. Paths are relative, so a space in the folder's name does no harm.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PIP     = $(BIN)/python -m pip install --quiet --constraint .ci/constraints.txt

# Tests wait as much as they work: two processes more than there are cores keep all busy. They are started
# here and not by pytest itself, where they would make a single test slow and a debugger useless.
WORKERS ?= $(shell $(PYTHON) -c "import os; print(min(os.cpu_count() or 1, 8) + 2)")
SHARED   = --numprocesses $(WORKERS) --dist worksteal

.PHONY: learn test test-fast check format screenshots clean

learn: $(VENV)/.installed  ## set up, and say what to do next
	@$(BIN)/learn init --quiet workspace
	@$(BIN)/learn next

test: $(VENV)/.installed-dev  ## run every test
	$(BIN)/python -m pytest -m "not alone" $(SHARED) --durations=20
	$(BIN)/python -m pytest -m alone

test-fast: $(VENV)/.installed-dev  ## run what this branch's changes touch; .ci/touched.py says how it knows
	@tests="$$($(BIN)/python .ci/touched.py)"; \
	if [ -z "$$tests" ]; then echo "No test is touched by what has changed."; exit 0; fi; \
	$(BIN)/python -m pytest -q -m "not slow and not alone" $(SHARED) $$tests; \
	status=$$?; [ $$status -eq 5 ] || exit $$status  # 5: all that was touched is slow

check: $(VENV)/.installed-dev  ## format, lint, types, import contracts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.installed-dev  ## write the format that `check` asks for
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

screenshots: $(VENV)/.installed-dev  ## draw the pictures that the README shows
	$(BIN)/python -m tui.app.screenshots docs/screenshots

clean:  ## remove what the other targets made; the workspace stays
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: pyproject.toml .ci/constraints.txt | $(VENV)/bin/python
	$(PIP) --editable .
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	$(PIP) --editable '.[dev,classroom,dask,server]'
	@touch $@
