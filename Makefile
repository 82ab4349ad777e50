# Tierscope: `make run` and `make test` do all the set-up that they need.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8501

# Browser tests run where Chromium is, the Spark test where Java and pyspark are; each says why where it does not.
.PHONY: run test test-spark setup setup-dev lint bench clean

$(VENV)/.run-stamp: requirements.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements.txt
	touch $@

$(VENV)/.dev-stamp: requirements.txt requirements-dev.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	touch $@ $(VENV)/.run-stamp

setup: $(VENV)/.run-stamp

setup-dev: $(VENV)/.dev-stamp

run: setup
	$(BIN)/python -m pages._kit.serve --server.port $(PORT)

test: setup-dev
	$(BIN)/python -m pytest

test-spark: setup-dev
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements-spark.txt
	$(BIN)/python -m pytest tests/questions/test_spark_agrees.py

lint: setup-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pyright

bench: setup-dev
	$(BIN)/python -m bench

clean:
	rm -rf $(VENV) .pytest_cache .ruff_cache .hypothesis
