# `make` alone lists the targets. Everything is set up in .venv by the first target that needs it.
SHELL := /bin/bash
PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3; do command -v $$p && break; done)
TORCH_INDEX ?= https://download.pytorch.org/whl/cpu
export TORCH_INDEX
BIN := .venv/bin
# The tests mostly wait, for brokers and processes: two at a time on each core.
TEST_WORKERS ?= $(shell echo $$((2 * $$(nproc 2>/dev/null || echo 2))))
PYTEST := $(BIN)/pytest -n $(TEST_WORKERS) --durations 20
STAMP := .venv/.set-up

.DEFAULT_GOAL := help

.PHONY: help
help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

.PHONY: setup
setup: $(STAMP) ## set everything up in .venv

$(STAMP): pyproject.toml constraints.txt deploy/set_up.sh
	@bash deploy/set_up.sh "$(PYTHON)"
	@touch $(STAMP)

.PHONY: demo
demo: $(STAMP) ## run the main job on the project's own samples, on embedded parts
	@$(BIN)/shortlist demo

.PHONY: up
up: $(STAMP) ## run the local stack until Ctrl-C
	@$(BIN)/shortlist up

.PHONY: test
test: $(STAMP) ## pass all tests
	@$(PYTEST) -m "not chaos"

.PHONY: test-unit
test-unit: $(STAMP) ## only the tests that start nothing (under 20 s)
	@$(BIN)/pytest -m "unit or contract" tests/unit tests/contract

.PHONY: test-containers
test-containers: $(STAMP) ## the integration tests against PostgreSQL, Valkey and Kafka in throw-away containers
	@SHORTLIST_TEST_CONTAINERS=1 $(BIN)/pytest tests/integration

.PHONY: chaos
chaos: $(STAMP) ## harm the whole stack while it works, and see that nothing is lost (SEED=n SEEDS=n MINUTES=m FAULT="name; name")
	@PYTHONPATH=. $(BIN)/python -m tests.chaos.sweep

.PHONY: chaos-short
chaos-short: $(STAMP) ## the short form of it (three minutes), and the proof that it can fail
	@$(BIN)/pytest -m chaos tests/chaos

.PHONY: fuzz
fuzz: $(STAMP) ## hostile uploads against a running stack; none may be answered 5xx (URL=… KEY=… COUNT=n SEED=n)
	@PYTHONPATH=. $(BIN)/python -m tests.fuzz.uploads --url "$(or $(URL),http://127.0.0.1:8080)" --count $(or $(COUNT),5000) --seed $(or $(SEED),1) $(if $(KEY),--key "$(KEY)")

.PHONY: fuzz-api
fuzz-api: $(STAMP) ## made-up calls of every operation of docs/openapi.json against a running gateway (URL=… KEY=…)
	@$(BIN)/schemathesis run docs/openapi.json --url $(or $(URL),http://127.0.0.1:8080) \
		$(if $(KEY),-H "Authorization: Bearer $(KEY)") --workers 2 --phases examples,coverage,fuzzing \
		--max-examples $(or $(EXAMPLES),60) --exclude-operation-id followEvents --checks \
		not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance,response_headers_conformance,ignored_auth

.PHONY: lint
lint: $(STAMP) ## style, types and import rules
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache

.PHONY: format
format: $(STAMP) ## bring the code into the project's style
	@$(BIN)/ruff check --fix . && $(BIN)/ruff format .

.PHONY: eval
eval: $(STAMP) ## match quality into build/eval.json
	@PYTHONPATH=. $(BIN)/python tests/eval/quality/run_eval.py

.PHONY: fit
fit: $(STAMP) ## what each signal weighs in a score, fitted on the labelled sets, into matching's weights file
	@PYTHONPATH=. $(BIN)/python tests/eval/fit/run_fit.py

.PHONY: eval-structure
eval-structure: $(STAMP) ## what is found in documents, against labels, into build/eval-structure.json
	@PYTHONPATH=. $(BIN)/python tests/eval/structure/run_eval_structure.py

.PHONY: bench
bench: $(STAMP) ## the embedding service's figures against their goals, into build/bench.json (at most 15 min)
	@PYTHONPATH=. $(BIN)/python -m tests.bench.run_bench

.PHONY: soak
soak: $(STAMP) ## the long form: memory over 10,000 short texts and 500 resumes
	@PYTHONPATH=. $(BIN)/python -m tests.bench.run_bench --soak

.PHONY: bench-peers
bench-peers: $(STAMP) ## our engine against fastembed, infinity and plain ONNX Runtime, each in a throw-away environment
	@PYTHONPATH=. $(BIN)/python -m tests.bench.peers.run_peers

.PHONY: bench-backlog
bench-backlog: $(STAMP) ## documents a second and query p99 over the size of the backlog, into docs/backlog.svg
	@PYTHONPATH=. $(BIN)/python -m tests.bench.plot_backlog

.PHONY: bench-scale
bench-scale: $(STAMP) ## finding among 100,000 documents against its goals, into build/bench-scale.json (SIZES="…" KEEP=dir ONLY="word …")
	@PYTHONPATH=. $(BIN)/python -m tests.bench.scale.run_scale

.PHONY: bench-door
bench-door: $(STAMP) ## what the gateway adds to an answer, and 500 connections at 80 % and 200 % of its limit (needs wrk), into build/bench-door.json
	@PYTHONPATH=. $(BIN)/python -m tests.bench.door.run_door

.PHONY: docs
docs: $(STAMP) ## write the generated files of docs/ again
	@$(BIN)/python -m services.gateway openapi > docs/openapi.json
	@$(BIN)/python -m libs.contracts.asyncapi > docs/asyncapi.json

.PHONY: clean
clean: ## remove the virtual environment and what was built
	@rm -rf .venv build .mypy_cache .ruff_cache .pytest_cache .hypothesis
