# Everything that people and machines do with this repository. `make` lists it.
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
DEMO ?= demo
TESTS ?=

# The Pythons that have an image; everything else asks here (`make pythons`). A new one: add it, then `make lock/3.15`.
PYTHONS = 3.10 3.11 3.12 3.13 3.14
FULL = $(foreach python,$(PYTHONS),$(if $(wildcard requirements/py$(python)-torch.txt),$(python)))

# Images: `make build/3.12` makes the core set of Python 3.12, `make build/3.12-full` everything.
DOCKER ?= docker
REGISTRY ?=
SOURCE ?=
BASE ?= python:$(python)-slim-bookworm
DOCKER_BUILD_FLAGS ?=
DOCKER_RUN_FLAGS ?=
TEST_IMAGE_FLAGS ?=
REVISION ?= $(shell git describe --always --dirty --abbrev=12)
VERSION = $(shell sed -n 's/^__version__ = "\(.*\)"/\1/p' predict/__init__.py)
CREATED ?= $(shell TZ=UTC git log -1 --format=%cd --date=format-local:%FT%TZ)
export DOCKER DOCKER_RUN_FLAGS
export DOCKER_BUILDKIT = 1
python = $(firstword $(subst -, ,$*))
set = $(or $(word 2,$(subst -, ,$*)),core)
# TensorFlow without GPU, ydf and treelite-runtime have no wheels for others.
PLATFORMS = $(if $(filter full,$(set)),linux/amd64,linux/amd64$(comma)linux/arm64)
comma = ,
image = $(REGISTRY)numerai_predict_py_$(subst .,_,$(python))
tags = $(if $(filter full,$(set)),latest stable $(REVISION),core $(REVISION)-core)
tagged = $(image):$(firstword $(tags))
build_arguments = $(DOCKER_BUILD_FLAGS) --file dockerfiles/Dockerfile $(tags:%=--tag $(image):%) \
  --build-arg PYTHON=$(python) --build-arg BASE=$(BASE) --build-arg SET=$(set) --build-arg NAME=$(tagged) \
  --build-arg VERSION=$(VERSION) --build-arg REVISION=$(REVISION) --build-arg SOURCE=$(SOURCE) --build-arg CREATED=$(CREATED)

# What the kernel is compiled of, and to. Without a compiler there is none, and `make` says so.
KERNEL = predict/sandbox/worker/accelerate/kernel
LIBRARY = predict/sandbox/worker/accelerate/libforest.so
FUZZ ?= 20000

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+(\/%)?:.*## / {sub("%", "3.12", $$1); printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST) | sort

.PHONY: demo
demo: $(VENV)/.example ## install, write example models and live data, run one, show what came out
	@rm -f $(DEMO)/live_predictions-* && mkdir -p $(DEMO)
	$(BIN)/predict example $(DEMO)
	$(BIN)/predict --model $(DEMO)/model_lightgbm.pkl --dataset $(DEMO)/live.parquet --output_dir $(DEMO) --report $(DEMO)/report.json
	@echo && echo "The first predictions, of $$(ls $(DEMO)/live_predictions-*.csv):" && head -n 5 $(DEMO)/live_predictions-*.csv
	@echo && echo "From the report, $(DEMO)/report.json:" && grep -E '^  "(status|message|peak_memory|cpu_seconds)"|"total"' $(DEMO)/report.json

.PHONY: test
test: $(VENV)/.test ## run the tests (PYTHON=python3.12 VENV=.venv-3.12 for another Python, TESTS=tests/network for some)
	$(BIN)/python -m pytest -n auto --dist worksteal -m "not alone" $(TESTS)
	$(BIN)/python -m pytest -m alone -q

.PHONY: ml
ml: $(VENV)/.ml ## run the test that the room changes no number of any library (PIP_ML=torch for PyTorch too)
	$(if $(PIP_ML),$(BIN)/python -m pip install --quiet --disable-pip-version-check $(PIP_ML))
	$(BIN)/python -m pytest -n auto -m "not alone" tests/ml_stack
	$(BIN)/python -m pytest -m alone -q tests/ml_stack

.PHONY: oldest
oldest: $(BIN)/python ## run the tests with the oldest libraries (PYTHON=python3.10 VENV=.venv-oldest)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable . --requirement tests/oldest.txt
	$(BIN)/python -m pytest -n auto --dist worksteal -m "not alone" \
	  --ignore tests/test_predictions.py --ignore tests/test_tournaments.py --ignore tests/test_attacks.py

.PHONY: crossing
crossing: $(VENV)/.test $(VENV)/.uv ## hold what `predict inspect` says to what happens, across Pythons and libraries (4 GB in .crossing)
	$(BIN)/python tests/crossing/cross.py $(or $(CROSSING),.crossing)

.PHONY: kernel
kernel: $(LIBRARY) ## compile the kernel that accelerates LightGBM models, if its sources have changed

demo test ml oldest crossing coverage bench bench-lightgbm: $(LIBRARY) # after the stamp: what installs compiles too

$(LIBRARY): $(wildcard $(addprefix $(KERNEL)/,*.cpp *.h compile.py exports.map))
	$(PYTHON) $(KERNEL)/compile.py

.PHONY: sanitize
sanitize: tests/accelerate/fuzz.cpp ## feed the kernel damaged models under sanitizers (FUZZ=1000000 for more of them)
	@mkdir -p build
	$(CXX) -std=c++17 -O1 -g -ffp-contract=off -pthread -fsanitize=address,undefined -fno-sanitize-recover=all \
	  -I $(KERNEL) -o build/fuzz $< $(KERNEL)/*.cpp
	build/fuzz 1 $(FUZZ) tests/accelerate/corpus

across/%: $(LIBRARY) FORCE ## hold the kernel to another LightGBM: make across/3.3.5 PYTHON=python3.10 (EXAMPLES=50 for more)
	test -d $(VENV)-lightgbm-$* || $(PYTHON) -m venv $(VENV)-lightgbm-$*
	$(VENV)-lightgbm-$*/bin/python -m pip install --quiet --disable-pip-version-check lightgbm==$* --requirement tests/accelerate/across.txt
	PYTHONPATH=tests $(VENV)-lightgbm-$*/bin/python -m pytest -p accelerate.bare --noconftest -c /dev/null --rootdir . \
	  -p no:cacheprovider tests/accelerate/test_generated.py tests/accelerate/test_exact.py tests/accelerate/test_in_python.py \
	  tests/accelerate/test_fuzzed_text.py

.PHONY: FORCE # what a pattern makes may exist, and is made anew
FORCE:

.PHONY: pythons
pythons: ## list the Pythons that have an image, as JSON
	@echo '$(PYTHONS)' | sed 's/ /", "/g; s/.*/["&"]/'

.PHONY: images
images: ## list all images that can be built, as JSON: a full set once its lock of PyTorch is there
	@echo '$(PYTHONS) $(FULL:%=%-full)' | sed 's/ /", "/g; s/.*/["&"]/'

.PHONY: nightly
nightly: $(foreach python,$(FULL),build/$(python)-full test-image/$(python)-full) ## build and test every full set

lock/%: $(VENV)/.uv FORCE ## write the hashed locks of a Python: make lock/3.12 (LOCK_FLAGS=--upgrade for newer versions)
	$(BIN)/python requirements/lock.py $* $(LOCK_FLAGS)

.PHONY: table
table: ## write the README's table of libraries and images anew
	$(PYTHON) requirements/table.py $(PYTHONS)

build/%: FORCE ## build an image: make build/3.12, make build/3.12-full (DOCKER=podman, DOCKER_BUILD_FLAGS=...)
	$(DOCKER) build $(build_arguments) .
	@mkdir -p dist/$* && container=$$($(DOCKER) create $(tagged)) && trap "$(DOCKER) rm $$container >/dev/null" EXIT && \
	  for file in sbom.cdx.json requirements.txt; do $(DOCKER) cp $$container:/opt/venv/$$file dist/$*/$$file; done
	@$(DOCKER) image inspect --format '$(tagged): {{.Size}} bytes; its SBOM and lock are in dist/$*' $(tagged)

test-image/%: $(VENV)/.test FORCE ## test a built image, default and hardened: make test-image/3.12
	$(BIN)/python -m pytest tests/images --run-docker $(tagged) $(TEST_IMAGE_FLAGS)

manifest/%: FORCE ## check in what a built image holds, for `predict inspect`: make manifest/3.12
	@mkdir -p predict/images dist
	$(DOCKER) run --rm --interactive $(DOCKER_RUN_FLAGS) --entrypoint python $(tagged) -I -W ignore - \
	  < predict/inspection/contents.py > dist/contents.json
	$(PYTHON) requirements/manifest.py $(set) dist/contents.json predict/images

reproducible/%: FORCE ## build an image twice from nothing, and tell what differs: make reproducible/3.12
	for twin in one other; do $(DOCKER) build --no-cache --quiet $(build_arguments) --tag $(image):$$twin . || exit 1; done
	$(PYTHON) dockerfiles/compare.py $(image):one $(image):other

base/%: FORCE ## tell an image's base image: make base/3.12
	@echo $(BASE)

platforms/%: FORCE ## tell which machines an image is for: make platforms/3.12
	@echo $(PLATFORMS)

push/%: FORCE ## build and publish an image: make push/3.12 REGISTRY=example.org/team/ (DOCKER_BUILD_FLAGS="--platform ...")
	$(if $(findstring --platform,$(DOCKER_BUILD_FLAGS)),$(DOCKER) buildx build --push $(build_arguments) .,$(tags:%=$(DOCKER) push $(image):% &&) true)

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

.PHONY: bench-lightgbm
bench-lightgbm: $(VENV)/.test ## measure LightGBM models, accelerated and not, for half an hour (BENCHED=folder keeps them)
	$(BIN)/python benchmarks/accelerating.py $(if $(BENCHED),--keep $(BENCHED))

.PHONY: schema
schema: $(VENV)/.test ## write predict/report.schema.json anew
	$(BIN)/python -c "import sys; from predict.report import schema; sys.stdout.buffer.write(schema())" > predict/report.schema.json

interpreters/%: FORCE ## write what a Python says of its bytecode: make interpreters/3.12 PYTHON=python3.12
	$(PYTHON) predict/inspection/interpreters/dump.py > predict/inspection/interpreters/$*.json

.PHONY: clean
clean: ## remove what these targets made
	rm -rf $(VENV) $(DEMO) $(LIBRARY) build .coverage* .hypothesis .mypy_cache .pytest_cache .ruff_cache

# One stamp per extra: example, test, lint. A changed pyproject.toml installs anew.
$(VENV)/.%: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[$*]'
	@touch $@

# The same uv that builds the images.
$(VENV)/.uv: requirements/build.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement $<
	@touch $@

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' || { echo "Python 3.10 or newer is needed: make PYTHON=python3.12 ..."; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "On Debian and Ubuntu: sudo apt install python3-venv"; exit 1; }
