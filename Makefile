# Guanxi: bare `make` explains. Nothing is needed but Python 3.11+, make and a package index.
.DEFAULT_GOAL := help
.PHONY: help run stop reset status log test check bench demo lock docs

PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done || true)
BIN := .venv/bin
INSTALLED := .venv/.requirements-dev
CODE := shared services deploy tests
COMPILE := $(BIN)/python -m uv pip compile -q $(if $(UPGRADE),--upgrade) --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-annotate --no-header

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' Makefile
	@echo
	@echo '  GUANXI_HOME=.guanxi  data, logs, secrets and run.json of one stack; another folder is another stack'
	@echo '  GUANXI_PORT=8080     where the gateway listens'
	@echo '  GUANXI_CLOCK_OFFSET=P3D  all clocks three days ahead, to see what time brings; never in production'
	@echo '  GUANXI_CACHE         downloads shared by all stacks (~/.cache/guanxi)'

run: $(INSTALLED) ## start everything, load a real order log, show the log; Ctrl-C stops (DETACH=1 returns)
	@exec $(BIN)/python -m deploy.local up

stop: $(INSTALLED) ## stop the stack from another terminal
	@$(BIN)/python -m deploy.local stop

reset: $(INSTALLED) ## stop it and delete its data, keys and logs
	@$(BIN)/python -m deploy.local reset

status: $(INSTALLED) ## what runs, and where
	@$(BIN)/python -m deploy.local status

log: $(INSTALLED) ## follow the log of a running stack
	@$(BIN)/python -m deploy.local log

# What one of the three processes has compiled must be kept for the others, whatever the environment says.
test: $(INSTALLED) ## all tests, on a PostgreSQL and a Kafka of their own
	PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest -q -n 3 --no-loadscope-reorder

check: $(INSTALLED) ## style, types, layers, compose file
	$(BIN)/ruff check $(CODE)
	$(BIN)/ruff format --check $(CODE)
	$(BIN)/mypy $(CODE)
	$(BIN)/lint-imports
	$(BIN)/python -m deploy.compose

bench: $(INSTALLED) ## measure against plain baselines, write docs/benchmarks.md (ROWS="batch kafka": only these)
	$(BIN)/python -m tests.load.bench $(ROWS)

demo: $(INSTALLED) .venv/.requirements-demo ## the same with a grocery log: products, discounts, coupons, demographics
	@exec $(BIN)/python -m deploy.local up --log completejourney

docs: $(INSTALLED) ## write docs/openapi.json and docs/asyncapi.json
	$(BIN)/python -m shared.contracts.asyncapi
	$(BIN)/python -m services.gateway openapi

lock: $(INSTALLED) ## write the locks from pyproject.toml: hashes, no index addresses (UPGRADE=1: newest versions)
	$(COMPILE) pyproject.toml -o requirements.lock
	$(COMPILE) pyproject.toml --group stack --group dev -o requirements-dev.lock
	$(COMPILE) --group demo -o requirements-demo.lock
	$(COMPILE) --no-deps --group data -o requirements-data.lock

$(INSTALLED): requirements-dev.lock
	@test -n "$(PYTHON)" || { echo 'Python 3.11 or newer is needed and was not found (make PYTHON=/path/to/python).'; exit 1; }
	@$(PYTHON) -m deploy.local.bootstrap requirements-dev.lock

.venv/.requirements-demo: requirements-demo.lock $(INSTALLED)
	@$(PYTHON) -m deploy.local.bootstrap requirements-demo.lock
