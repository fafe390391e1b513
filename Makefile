# What the course needs: Python 3.11 or newer with pip, and make.
# Another Python than python3:  make lab PYTHON=python3.12
PYTHON ?= python3
LAB_FLAGS ?=
# The edition, en or ja: by default that of the system's language.
EDITION ?=
BENCH_FLAGS ?=

BIN = .venv/bin
READY = .venv/ready
SITE ?= lite/site
# The folder with the files of Pyodide's release; or `make lite` downloads what it needs of them.
PYODIDE ?= $(or $(wildcard ../shared/pyodide),download)
# Into the environment, also where pip's own settings name another place (user = yes, target).
INTO = install --disable-pip-version-check --no-user --target= --root=/ --prefix="$(CURDIR)"

# An environment in folder 1 with the packages of lock 2: by uv, whose cache goes with it; or by
# pip where uv cannot be had or does not reach the packages (it reads none of pip's settings).
define ENVIRONMENT
	@$(PYTHON) -m venv --clear $(1)
	@{ $(1)/bin/python -m pip $(INTO)/$(1) --quiet --require-hashes -r uv.txt && \
		$(1)/bin/uv pip install --python $(1)/bin/python --cache-dir $(1)/cache \
			--require-hashes --no-deps -r $(2); } || { \
		echo "uv did not bring the packages; now pip, which takes longer:"; \
		$(PYTHON) -m venv --clear $(1) && \
		$(1)/bin/python -m pip $(INTO)/$(1) --require-hashes --no-deps -r $(2); }
	@rm -rf $(1)/cache
endef

help:
	@echo "make lab        open the course in JupyterLab, in copies of your own in my_course"
	@echo "                make lab EDITION=ja opens the Japanese edition, EDITION=en the English one"
	@echo "make test       run every test, the notebooks included"
	@echo "make faults     kill a training that saves itself 200 times; make test does it 50 times"
	@echo "make webkit     run the browser edition in WebKit, the engine of Safari"
	@echo "make lint       check style and format of code and notebooks"
	@echo "make matrix     run every test on Python 3.11 to 3.14, with the newest and the lowest packages"
	@echo "make notebooks  run the notebooks from the top and store their outputs"
	@echo "make messages   bring the words of the other languages up to date with the code"
	@echo "make bench      measure against other libraries (13 to 35 minutes; leave the machine alone)"
	@echo "make lite       build the web site that runs the course in a browser, into $(SITE)"
	@echo "make pictures   take the pictures of the widgets for its pages to read anew"
	@echo "make lite-serve show that site at http://127.0.0.1:8000/"
	@echo "make lock       make requirements.txt anew from pyproject.toml"
	@echo "Each sets up .venv by itself the first time (about a minute)."

lab: $(READY)
	@$(BIN)/python -m dlscratch $(EDITION) $(LAB_FLAGS)

test: $(READY)
	@$(BIN)/pytest --nbval -n 2 --dist loadfile --no-loadscope-reorder

faults: $(READY)
	@ALL_FAULTS=1 $(BIN)/pytest tests/test_faults.py

lint: $(READY)
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check

# Without the browser, which tires of waiting on a busy machine:
# PYTEST_ADDOPTS=--ignore=tests/browser make matrix
matrix: $(READY)
	@$(BIN)/python tests/matrix.py

notebooks: $(READY)
	@$(BIN)/python tests/run_notebooks.py

messages: $(READY)
	@$(BIN)/python tests/messages.py

# The environment is made from nothing whenever a lock or pyproject.toml changed or an earlier
# try was cut short: the file `ready` is written last.
$(READY): requirements.txt uv.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "The course needs Python 3.11 or newer, and \"$(PYTHON)\" is not."; \
		echo "Name another one like this: make lab PYTHON=python3.12"; exit 1; }
	@echo "Setting up .venv (once, about a minute):"
	$(call ENVIRONMENT,.venv,requirements.txt)
	@$(BIN)/python -m pip $(INTO)/.venv --quiet --no-build-isolation --no-deps -e .
	@$(BIN)/python -c "from dlscratch.mnist import share_mnist; share_mnist()"
	@touch $@
	@echo "Done."

# The rivals have an environment of their own. Another build of PyTorch than pip's choice:
# make bench TORCH=torch==2.13.0
bench: .venv-bench/ready
	@for script in common numerical_gradient training busy growth memory; do \
		.venv-bench/bin/python benchmarks/$$script.py $(BENCH_FLAGS) || exit 1; \
	done > benchmarks/results.part
	@mv benchmarks/results.part benchmarks/results.md
	@cat benchmarks/results.md

.venv-bench/ready: requirements.txt uv.txt pyproject.toml
	@echo "Setting up .venv-bench with the libraries to compare with (once, 5 minutes)"
	$(call ENVIRONMENT,.venv-bench,requirements.txt)
	@.venv-bench/bin/python -m pip $(INTO)/.venv-bench --quiet -e '.[bench]' $(TORCH)
	@touch $@

# A site of plain files: the course in a browser alone. Into another folder: make lite SITE=FOLDER
lite: .venv-lite/ready
	@.venv-lite/bin/python lite/build.py $(SITE) --pyodide "$(PYODIDE)"

pictures: $(READY)
	@$(BIN)/pytest -q tests/browser/pictures.py

# Too slow for every change. Debian: apt-get install webkit2gtk-driver xvfb
webkit: $(READY)
	@$(BIN)/pytest tests/browser/test_everywhere.py -k webkit

lite-serve: $(READY)
	@test -f $(SITE)/index.html || { echo "There is no site yet: make lite"; exit 1; }
	@echo "Showing the course at http://127.0.0.1:8000/. To end it, press Ctrl-C here."
	@$(BIN)/python -m http.server 8000 --bind 127.0.0.1 --directory $(SITE) >/dev/null 2>&1

.venv-lite/ready: lite/requirements.txt uv.txt
	@echo "Setting up .venv-lite, to build the site with (once, 1 minute)"
	$(call ENVIRONMENT,.venv-lite,lite/requirements.txt)
	@touch $@

lock: $(READY)
	@$(BIN)/uv export --quiet --upgrade --no-default-groups --extra test --group build \
		--no-emit-project --format requirements.txt --output-file requirements.txt
	@$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 \
		--generate-hashes --no-header lite/requirements.in --output-file lite/requirements.txt
	@echo uv | $(BIN)/uv pip compile --quiet --upgrade --generate-hashes --no-header --no-annotate \
		--output-file uv.txt -

.PHONY: help lab test faults lint matrix notebooks messages bench lite pictures webkit lite-serve lock
