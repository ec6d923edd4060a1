# Everything that people and machines do with this repository. `make` lists it.
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
DEMO ?= demo
IMAGE_PYTHON ?= 3.13
DOCKER_BUILD_FLAGS ?=
HARDENED = --user 10001 --cap-drop ALL --security-opt no-new-privileges --read-only --tmpfs /tmp:exec --env HOME=/tmp

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST) | sort

.PHONY: demo
demo: $(VENV)/.example ## install, write example models and live data, run one, show what came out
	@rm -f $(DEMO)/live_predictions-* && mkdir -p $(DEMO)
	$(BIN)/predict example $(DEMO)
	$(BIN)/predict --model $(DEMO)/model_lightgbm.pkl --dataset $(DEMO)/live.parquet --output_dir $(DEMO) --report $(DEMO)/report.json
	@echo && echo "The first predictions, of $$(ls $(DEMO)/live_predictions-*.csv):" && head -n 5 $(DEMO)/live_predictions-*.csv
	@echo && echo "From the report, $(DEMO)/report.json:" && grep -E '^  "(status|message|peak_memory|cpu_seconds)"|"total"' $(DEMO)/report.json

.PHONY: test
test: $(VENV)/.test ## run the tests (PYTHON=python3.12 VENV=.venv-3.12 for another Python)
	$(BIN)/python -m pytest -n auto --dist worksteal -m "not alone"
	$(BIN)/python -m pytest -m alone -q

.PHONY: ml
ml: $(VENV)/.ml ## run the test that the room changes no number of any library (PIP_ML=torch for PyTorch too)
	$(if $(PIP_ML),$(BIN)/python -m pip install --quiet --disable-pip-version-check $(PIP_ML))
	$(BIN)/python -m pytest -n auto tests/ml_stack

.PHONY: oldest
oldest: $(BIN)/python ## run the tests with the oldest libraries (PYTHON=python3.10 VENV=.venv-oldest)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable . --requirement tests/oldest.txt
	$(BIN)/python -m pytest -n auto --dist worksteal -m "not alone" --ignore tests/test_predictions.py

.PHONY: docker
docker: ## run the tests in containers, default and hardened (IMAGE_PYTHON=3.11 for another Python)
	docker build $(DOCKER_BUILD_FLAGS) --build-arg PYTHON=$(IMAGE_PYTHON) --tag predict-tests:$(IMAGE_PYTHON) --file tests/Dockerfile .
	docker run --rm predict-tests:$(IMAGE_PYTHON) /venv/bin/predict doctor
	docker run --rm predict-tests:$(IMAGE_PYTHON)
	docker run --rm $(HARDENED) predict-tests:$(IMAGE_PYTHON) /venv/bin/predict doctor
	docker run --rm $(HARDENED) predict-tests:$(IMAGE_PYTHON)

.PHONY: lint
lint: $(VENV)/.lint ## ruff, mypy and the import rules
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

.PHONY: format
format: $(VENV)/.lint ## let ruff mend what it can
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

.PHONY: coverage
coverage: $(VENV)/.test ## run the tests in this process and show the lines that none of them reaches
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest -q
	$(BIN)/coverage combine
	$(BIN)/coverage report --show-missing

.PHONY: bench
bench: $(VENV)/.test ## measure the overhead against the plain script, and the guards (benchmarks/README.md)
	$(BIN)/python benchmarks/overhead.py
	$(BIN)/python benchmarks/guards.py

.PHONY: schema
schema: $(VENV)/.test ## write predict/report.schema.json anew
	$(BIN)/python -c "import sys; from predict.report import schema; sys.stdout.buffer.write(schema())" > predict/report.schema.json

.PHONY: clean
clean: ## remove what these targets made
	rm -rf $(VENV) $(DEMO) .coverage* .hypothesis .mypy_cache .pytest_cache .ruff_cache

# One stamp per extra: example, test, lint. A changed pyproject.toml installs anew.
$(VENV)/.%: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[$*]'
	@touch $@

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' || { echo "Python 3.10 or newer is needed: make PYTHON=python3.12 ..."; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "On Debian and Ubuntu: sudo apt install python3-venv"; exit 1; }
