# Bare `make` lists the targets. They use the environment that ./start-project.sh made.
BIN ?= .venv/bin
.DEFAULT_GOAL := help

.PHONY: help check format lint fast test stack fuzz kill-matrix tables lock clean

help: ## list the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

check: lint fast ## what must be green before a change is offered

format: ## rewrite files in our format
	$(BIN)/ruff format . && $(BIN)/ruff check --fix .

lint: ## format, rules, who may import whom, types
	$(BIN)/ruff format --check . && $(BIN)/ruff check . && $(BIN)/lint-imports && $(BIN)/mypy .

fast: ## the tests that start neither stack nor browser
	$(BIN)/python -m pytest -m "not stack and not browser"

stack: ## the tests that start the stack
	$(BIN)/python -m pytest -m stack

fuzz: ## properties tried hard, then hostile bytes at every reader for SECONDS (600); goes on
	PROPERTIES=deep $(BIN)/python -m pytest -q --timeout 0 tests/properties
	$(BIN)/python -m tests.fuzz --seconds $(or $(SECONDS),600)

kill-matrix: ## kill a programme at every point, write docs/kill-matrix.md; goes on where it stopped
	$(BIN)/python -m tests.kills

test: ## everything, as CI does
	./start-project.sh test

tables: ## how right the findings are, on the platforms in CMI_TARGETS: docs/accuracy.md
	$(BIN)/python -m tests.accuracy.tables $${CMI_TARGETS:?names the folder of the platforms}

lock: ## renew requirements.lock
	$(BIN)/python -m pip install --quiet uv && $(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url \
	  --all-extras --no-header pyproject.toml -o requirements.lock

clean: ## stop the stack and remove its state
	./start-project.sh cleanup --all
