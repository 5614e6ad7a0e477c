# Every target makes what it needs: .venv, with the locked packages for its purpose.

PYTHON ?= python3
BIN := .venv/bin
# Compiled modules are kept, also where the surroundings say otherwise: what starts processes would compile all anew in each.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help demo test test-browser pictures check format run preview bench bench-pages bench-related bench-commands bench-feeds fuzz proof messages audit lock clean

help:
	@echo "make demo     see the bot answer over the shipped pages; needs no token"
	@echo "make test     run the tests"
	@echo "make test-browser  read the news in headless Chromium, as a reader would; needs chromium"
	@echo "make pictures  the same, and keep what is seen as the pictures in docs/"
	@echo "make check    format, lint, types, direction of imports, tests"
	@echo "make format   format the code"
	@echo "make run      log in to Discord; needs DISCORD_TOKEN in .env"
	@echo "make preview  the bot in a browser page that looks like Discord; needs no token"
	@echo "make bench    measure the headline search beside others, and the bot around it; some minutes"
	@echo "make bench-pages CORPUS=folder  measure how HTML pages are read, over labelled ones"
	@echo "make bench-related  measure how fast and how well related stories are found; a minute or two"
	@echo "make bench-commands  measure how soon commands are answered on Discord; two minutes"
	@echo "make bench-feeds  measure how fast feeds are polled, also with hostile ones among them; some minutes"
	@echo "make fuzz     read 200,000 generated and broken feeds; half an hour"
	@echo "make proof PART=kill  put a promise of docs/reliability.md to the test; some minutes (also backup, growth, load, machine, processes, replies)"
	@echo "make audit    look for known holes in the packages, and for risky code; needs the network"
	@echo "make messages  bring the catalogues of translations up to the sentences in the code"
	@echo "make lock     choose the newest versions of all packages and lock them; needs uv"
	@echo "make clean    remove .venv and caches; articles stay"

demo: .venv/preview.installed
	@$(BIN)/python -m bot.preview.demo

run: .venv/run.installed
	@$(BIN)/newsdesk run

preview: .venv/preview.installed
	@$(BIN)/newsdesk preview --open

test: .venv/dev.installed
	$(BIN)/python -m pytest -n auto

test-browser: .venv/browser.installed
	$(BIN)/python -m pytest -rs tests/browser/reading.py

pictures: .venv/browser.installed
	PICTURES=docs $(BIN)/python -m pytest -rs tests/browser/reading.py

bench: .venv/bench.installed
	@$(BIN)/python -m benchmarks $(BENCH)

bench-pages: .venv/dev.installed
	@$(BIN)/python -m benchmarks.pages $(CORPUS)

bench-related: .venv/bench.installed
	@$(BIN)/python -m benchmarks.related $(BENCH)

bench-commands: .venv/preview.installed
	@$(BIN)/python -m benchmarks.commands $(BENCH)

bench-feeds: .venv/bench.installed
	@$(BIN)/python -m benchmarks.feeds $(BENCH)

check: .venv/dev.installed
	$(BIN)/ruff format --check bot cogs tests benchmarks
	$(BIN)/ruff check bot cogs tests benchmarks
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -n auto

format: .venv/dev.installed
	$(BIN)/ruff format bot cogs tests benchmarks
	$(BIN)/ruff check --fix bot cogs tests benchmarks

fuzz: .venv/dev.installed
	$(BIN)/python -m tests.fuzz $(FUZZ)

proof: .venv/dev.installed
	$(BIN)/python -m tests.proof $(PART) $(PIECE)

audit: .venv/audit.installed
	$(BIN)/bandit --quiet --recursive --configfile pyproject.toml --severity-level medium bot cogs
	$(BIN)/pip-audit --strict --disable-pip --require-hashes -r requirements/run.txt

messages: .venv/dev.installed
	$(BIN)/python -m tests.messages

.venv/pyvenv.cfg:
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' \
		|| { echo "Newsdesk needs Python 3.11, 3.12 or 3.13; name one with: make PYTHON=python3.12 ..."; exit 1; }
	$(PYTHON) -m venv .venv

.venv/%.installed: requirements/%.txt pyproject.toml | .venv/pyvenv.cfg
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

LOCK := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --upgrade \
	pyproject.toml requirements/build.in

lock:
	$(LOCK) -o requirements/run.txt
	$(LOCK) --extra preview -o requirements/preview.txt
	$(LOCK) --extra dev -o requirements/dev.txt
	$(LOCK) --extra bench -o requirements/bench.txt
	$(LOCK) --extra browser -o requirements/browser.txt
	$(LOCK) --extra audit -o requirements/audit.txt

clean:
	rm -rf .venv build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
