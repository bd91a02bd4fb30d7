# The first two commands: `make demo` and `make test`. Both make .venv when it is missing.
PYTHON ?= python3
BIN := .venv/bin
ONCE ?=

.PHONY: bench coverage demo examples test check format clean soak pictures reference test-pythons whole

.venv/.ready: pyproject.toml
	$(PYTHON) -c 'import exact_slack' || { echo 'make PYTHON=python3.13 ...'; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	touch $@

demo: .venv/.ready
	$(BIN)/exact-slack demo $(if $(ONCE),--once)

# More workers than cores, as many tests wait for a process or for the pace that they keep. With
# bytecode, whatever the environment says: without it, every worker and every started command
# compiles each file again, which takes longer than most tests.
test: .venv/.ready
	PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest -n 4

# the same, and every play of a kind of which `make test` plays some
whole: .venv/.ready
	EXACT_SLACK_WHOLE=1 PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest -n 4

# the property tests with a hundred times as many examples
examples: .venv/.ready
	EXACT_SLACK_WHOLE=1 EXACT_SLACK_EXAMPLES=35 $(BIN)/python -m pytest -n 2 -m hypothesis tests/property tests/unit

check: .venv/.ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: .venv/.ready
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# docs/pictures from the samples; needs Debian's chromium and chromium-driver
pictures: .venv/.ready
	$(BIN)/python -m tests.pictures

# the unit tests on every supported Python that is on PATH or that pyenv has, each in an
# environment of its own
test-pythons:
	@found=; for version in 3.11 3.12 3.13 3.14; do \
	  for python in python$$version $$HOME/.pyenv/versions/$$version*/bin/python; do \
	    $$python -c "import venv" 2>/dev/null || continue; \
	    found="$$found $$version"; \
	    $$python -m venv .venv-$$version && \
	    .venv-$$version/bin/python -m pip install --quiet --disable-pip-version-check -e '.[dev]' && \
	    .venv-$$version/bin/python -m pytest -n 2 tests/unit || exit 1; \
	    break; \
	  done; \
	done; echo "tested on:$$found"

# docs/commands.md, docs/config.md and the man page, from the code
reference: .venv/.ready
	$(BIN)/python -m tests.reference

# every figure of docs/benchmarks.md; takes most of an hour
bench: .venv/.ready
	$(BIN)/python -m bench

clean:
	rm -rf .venv .bench .venv-3.* .demo .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

# What the figure in CONTRIBUTING.md comes from: lines and branches that the whole suite runs,
# those in the processes that it starts included.
coverage: .venv/.ready
	$(BIN)/coverage erase
	PYTHONDONTWRITEBYTECODE= $(BIN)/coverage run -m pytest -n 4 $(TESTS)
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report --skip-covered --skip-empty

# 2,000 documents, 2,000 SIGKILLs of processes that deliver side by side, faults on the wire the
# whole time, and the property tests at length: up to 40 minutes.
soak: .venv/.ready
	EXACT_SLACK_WHOLE=1 EXACT_SLACK_EXAMPLES=35 $(BIN)/python -m pytest -n 2 -m hypothesis tests/property tests/unit
