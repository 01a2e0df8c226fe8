# Wildgate: `make` alone lists what can be done.
PYTHON ?= python3
WORKERS ?= 3
BIN := .venv/bin
.DEFAULT_GOAL := help
.PHONY: help setup demo serve test check check-types check-tables faults fuzz bench sbom docs audit clean

help: ## list the targets
	@awk -F':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## make .venv with everything needed (done by the others when missing)
	@$(PYTHON) tools/bootstrap.py

demo: setup ## one permit's whole life in a fresh home; results in demo/
	@$(BIN)/wildgate demo --out demo

serve: setup ## the demo world at http://127.0.0.1:8000, with log-ins printed
	@$(BIN)/wildgate serve

test: setup ## the tests (browser and PostgreSQL ones where Chromium and TEST_POSTGRES_URL are found)
	@$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal $(TESTS)

check: setup ## ruff, mypy, import-linter, translations, tables and migrations complete
	@$(BIN)/ruff check .
	@$(BIN)/lint-imports --no-cache
	@$(BIN)/python tools/translations.py check
	@$(MAKE) --no-print-directory --jobs 2 check-types check-tables

check-types:
	@$(BIN)/mypy

check-tables:
	@$(BIN)/python tools/tables.py
	@$(BIN)/python tools/zero_downtime.py
	@WILDGATE_HOME=$$(mktemp -d) $(BIN)/python -m django makemigrations --check --dry-run --settings wildgate.site.settings

faults: setup ## kill processes at random for MINUTES (5) on SQLite and PostgreSQL, then count everything
	@$(BIN)/python -m tests.faults.siege --minutes $(or $(MINUTES),5)

fuzz: setup ## every reader of what comes from outside on changed files: ROUNDS=3000 each, or MINUTES=10 in all
	@WILDGATE_FUZZ=$(or $(ROUNDS),$(if $(MINUTES),,3000)) WILDGATE_FUZZ_MINUTES=$(MINUTES) \
	  $(BIN)/python -m pytest -q tests/message/test_fuzz.py tests/fuzz

bench: setup ## every benchmark beside its peers and limits; table and bench.json
	@$(BIN)/wildgate bench

sbom: setup ## the bill of materials (CycloneDX) of what an installed Wildgate holds: sbom.cdx.json
	@$(BIN)/python tools/sbom.py -o sbom.cdx.json

docs: setup ## the documentation as pages that open from a folder: build/docs/index.html
	@$(BIN)/python -m tools.docs.build

audit: setup ## are faults known of what is locked? asks a list of advisories, or reads ADVISORIES=folder; without either it says so
	@$(BIN)/python tools/audit.py $(if $(ADVISORIES),--advisories $(ADVISORIES))

clean: ## remove the environment, the demo and what tests left
	rm -rf .venv demo bench.json build dist .mypy_cache .ruff_cache .hypothesis
