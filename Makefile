# A thin shell over a virtual environment in this checkout; the work is done by Python.
# `make PYTHON=python3.12 test` takes another interpreter, `make test ARGS="-n 2 -k why"` passes
# words on to pytest.

PYTHON ?= python3
ARGS ?=
VENV := .venv
RUN := $(VENV)/bin/python
PIP := $(RUN) -m pip --quiet --disable-pip-version-check --no-input

# A virtual environment that lies elsewhere than it was made, or whose Python is gone or was
# replaced by another version, is made anew.
ifneq ($(wildcard $(VENV)),)
ifneq ($(shell cat $(VENV)/home 2>/dev/null; $(RUN) -c 'import pip; print("works")' 2>/dev/null),$(CURDIR) works)
$(shell rm -rf $(VENV))
endif
endif

.PHONY: help demo test bench clean
.DELETE_ON_ERROR:

help:
	@echo 'make demo    evaluate, build and apply an example below out/, with a short tour'
	@echo 'make test    run all tests that this machine can run'
	@echo 'make bench   time vcfg beside other languages, and check its answers'
	@echo 'make clean   remove .venv and out'

demo: $(VENV)/ready
	@$(RUN) spec/examples/tour.py

test: $(VENV)/ready-to-test
	@$(RUN) -m pytest $(ARGS)

bench: $(VENV)/ready
	@$(RUN) -m tests.bench $(ARGS)

clean:
	rm -rf $(VENV) out

$(VENV)/ready: pyproject.toml | $(RUN)
	@echo 'Installing what vcfg needs into $(VENV) ...'
	@$(PIP) install --editable . || { $(no-index); exit 1; }
	@touch $@

$(VENV)/ready-to-test: pyproject.toml | $(RUN)
	@echo 'Installing what vcfg and its tests need into $(VENV) ...'
	@$(PIP) install --editable '.[test]' || { $(no-index); exit 1; }
	@touch $(VENV)/ready $@

$(RUN):
	@command -v $(PYTHON) >/dev/null || { $(no-python); exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { $(old-python); exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { $(no-venv); exit 1; }
	@$(PYTHON) -m venv $(VENV)
	@echo '$(CURDIR)' >$(VENV)/home

no-python = echo 'There is no `$(PYTHON)` here. On Debian: apt-get install python3 python3-venv' >&2
old-python = echo "vcfg needs Python 3.11 or later, but \`$(PYTHON)\` is $$($(PYTHON) -V)." \
	'Name another one: make PYTHON=python3.12 $(MAKECMDGOALS)' >&2
no-venv = echo '`$(PYTHON)` cannot make virtual environments. On Debian: apt-get install python3-venv' >&2
no-index = echo 'pip could not install what is listed in pyproject.toml; it says why above.' \
	'Without a network, set PIP_INDEX_URL or PIP_FIND_LINKS to what is at hand.' >&2
