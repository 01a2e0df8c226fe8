# Wildgate: `make` alone lists what can be done.
PYTHON ?= python3
WORKERS ?= 3
BIN := .venv/bin
.DEFAULT_GOAL := help
.PHONY: help setup demo serve test check check-types check-tables fuzz bench sbom clean

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
	@WILDGATE_HOME=$$(mktemp -d) $(BIN)/python -m django makemigrations --check --dry-run --settings wildgate.site.settings

fuzz: setup ## changed codes, messages and PDFs by the thousand: no crash, no accept
	@WILDGATE_FUZZ=$(or $(ROUNDS),3000) $(BIN)/python -m pytest -q tests/message/test_fuzz.py

bench: setup ## every benchmark beside its peers and limits; table and bench.json
	@$(BIN)/wildgate bench

sbom: setup ## the bill of materials (CycloneDX) of what an installed Wildgate holds: sbom.cdx.json
	@$(BIN)/python tools/sbom.py -o sbom.cdx.json

clean: ## remove the environment, the demo and what tests left
	rm -rf .venv demo bench.json build dist .mypy_cache .ruff_cache .hypothesis
