# One command each: demo, test, lint, bench, docs. Everything happens in .venv, which `make` sets up when it is missing
# or older than what it is made from. CI runs the same targets.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

PYTHON ?= python3
JOBS ?= 2
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
# What the editable install is built with; the same list as [build-system] of pyproject.toml, read from there.
BUILD_NEEDS = $(BIN)/python -c "import tomllib; print('\n'.join(tomllib.load(open('pyproject.toml', 'rb'))['build-system']['requires']))"

# Sources of the native modules; wire.py writes the loops that are spelled out from one template.
GENERATED := rvsim/core/handlers.pyx rvsim/core/loops_%.pyx rvsim/engine/timed.pyx
NATIVE := $(filter-out $(GENERATED),$(shell find rvsim -name '*.pyx' -o -name '*.pxd' -o -name '*.tp' -o -name '*.h' -o -name wire.py))

.PHONY: help demo test test-browser test-all lint bench bench-kernels docs clean distclean install

help:
	@echo 'make demo    set up .venv and run the main job: a matmul simulated, checked and timed'
	@echo 'make test    the tests, without the slow ones      make test-all   all of them (make test-browser: pages in chromium)'
	@echo 'make lint    ruff, mypy --strict, cython-lint       make bench      speed, measured as ratios'
	@echo 'make bench-kernels  cycles of every kernel on every machine: golden counts and docs/reference/kernels.md'
	@echo 'make docs    build the documentation into site/     make clean      remove what was built'

demo: $(VENV)/built
	@echo '$$ rvsim run matmul m=64 n=64 k=64 --machine ara-4l'
	@$(BIN)/rvsim run matmul m=64 n=64 k=64 --machine ara-4l
	@echo
	@echo 'Next, with $(BIN) on your PATH:'
	@echo '  rvsim run matmul m=256 n=256 k=256 dtype=f32 --set vlen=1024    another machine'
	@echo '  rvsim run matmul variant=naive --json                           another variant, for scripts'
	@echo '  rvsim list kernels                                              what else there is (also: machines, instructions)'
	@echo '  rvsim run my_kernel.S:my_function --proto "void f(float y[n], const float x[n], long n)" n=1000'

install: $(VENV)/built

test: $(VENV)/tested-with
	@echo 'left out: slow tests (make test-all) and those that need a browser (make test-browser)'
	$(BIN)/python -m pytest -q -m 'not slow and not browser'

test-browser: $(VENV)/browsed-with
	$(BIN)/python -m pytest -q -m browser tests/browser

test-all: $(VENV)/tested-with
	$(BIN)/python -m pytest -q -m 'not browser'

# mypy cannot follow the mapping of the top-level folders into the package, so it checks a tree of links that spells it out.
lint: $(VENV)/tested-with
	$(BIN)/ruff check .
	PATH="$(CURDIR)/$(BIN):$$PATH" cython-lint rvsim --max-line-length 140 --no-pycodestyle --exclude "rvsim/(core/(handlers|loops_)|engine/(timed|replayed))"
	@rm -rf build/typed && mkdir -p build/typed/rvsim
	@ln -s $(CURDIR)/rvsim/* $(CURDIR)/kernels $(CURDIR)/asm build/typed/rvsim/
	cd build/typed && $(CURDIR)/$(BIN)/mypy --config-file $(CURDIR)/pyproject.toml --cache-dir $(CURDIR)/build/mypy -p rvsim

bench: $(VENV)/tested-with
	$(BIN)/python -m tests.bench --page docs/performance.md

bench-kernels: $(VENV)/tested-with
	$(BIN)/python -m tests.bench.kernels

docs: $(VENV)/documented-with
	$(BIN)/python -m rvsim.validate docs/accuracy.md
	$(BIN)/python docs/figures.py
	$(BIN)/mkdocs build --strict --site-dir site

# Three stamps: the editable install, the native modules newer than their sources, and the extras of tests and docs.
$(VENV)/built: pyproject.toml setup.py $(NATIVE)
	@if [ ! -x $(BIN)/python ]; then \
	  $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo 'rvsim needs Python 3.11 or newer: make PYTHON=python3.x' >&2; exit 1; }; \
	  $(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo 'creating .venv failed; on Debian: apt-get install python3-venv python3-dev gcc' >&2; exit 1; }; \
	fi
	@command -v $${CC:-gcc} >/dev/null || { echo 'no C compiler; on Debian: apt-get install gcc python3-dev' >&2; exit 1; }
	@echo 'building rvsim into $(VENV) ...'
	@if [ -e $(VENV)/installed ] && [ ! pyproject.toml -nt $(VENV)/installed ]; then \
	  $(BIN)/python setup.py --quiet build_ext --inplace --parallel $(JOBS); \
	else \
	  $(BUILD_NEEDS) > $(VENV)/build-needs.txt; \
	  $(PIP) install -r $(VENV)/build-needs.txt; \
	  RVSIM_JOBS=$(JOBS) $(PIP) install --no-build-isolation -e '.[toolchain]'; \
	  touch $(VENV)/installed; \
	fi
	@touch $@

$(VENV)/tested-with: $(VENV)/built pyproject.toml
	@if [ ! -e $@ ] || [ pyproject.toml -nt $@ ]; then \
	  echo 'installing what tests and lint need ...'; \
	  $(BIN)/python -c "import tomllib; e = tomllib.load(open('pyproject.toml', 'rb'))['project']['optional-dependencies']['test']; print('\n'.join(r for r in e if not r.startswith('rvsim-ml')))" > $(VENV)/test-needs.txt; \
	  $(PIP) install -r $(VENV)/test-needs.txt; \
	fi
	@touch $@

$(VENV)/browsed-with: $(VENV)/tested-with pyproject.toml
	@$(BIN)/python -c "import tomllib; print('\n'.join(tomllib.load(open('pyproject.toml', 'rb'))['project']['optional-dependencies']['browser']))" > $(VENV)/browser-needs.txt
	@$(PIP) install -r $(VENV)/browser-needs.txt
	@touch $@

$(VENV)/documented-with: $(VENV)/built pyproject.toml
	@$(PIP) install 'mkdocs>=1.6,<2'
	@touch $@

clean:
	rm -rf build dist site *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find rvsim kernels asm tests -name __pycache__ -prune -exec rm -rf {} +
	find rvsim -name '*.so' -delete
	rm -f rvsim/core/handlers.pyx rvsim/core/loops_*.pyx rvsim/engine/timed.pyx rvsim/_built.py
	find asm -name '*.elf' -delete
	rm -f $(VENV)/built $(VENV)/installed

distclean: clean
	rm -rf $(VENV)
