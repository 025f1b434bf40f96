PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.requirements
.DEFAULT_GOAL := help
.PHONY: help setup demo run test test-browser security-report guess fuzz mutants soak-scan soak-audit check format golden lock audit sbom soak bench

help:  ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-16s %s\n", $$1, $$2}'

setup: $(STAMP)  ## Make .venv with everything, by hashed requirements

$(STAMP): requirements/dev.txt pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	printf '#!%s\nfrom api.cli import main\nmain()\n' "$$PWD/$(BIN)/python" > $(BIN)/hashsvc-server
	chmod +x $(BIN)/hashsvc-server
	touch $(STAMP)

demo: setup  ## Run the main job end to end on real photos
	$(BIN)/python -m examples.demo

run: setup  ## Serve on http://127.0.0.1:8000 with its data under ./var
	$(BIN)/hashsvc-server run --data var

test: setup  ## Run every test that this machine can run
	$(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 --dist loadfile

test-browser: setup  ## Only drive the page in Chromium and Firefox
	$(BIN)/python -m pytest -m browser

security-report: setup  ## Run the tests of goals and their controls, and write what they counted
	$(BIN)/python -m tests.project.security_report

guess: setup  ## Guess PINs a hundred thousand times, and hashes a million times; time known and unknown numbers
	HASHSVC_TEST_GUESSES=100000 HASHSVC_TEST_TIMED_GUESSES=10000 HASHSVC_TEST_COPIES=10000 HASHSVC_TEST_RANDOM_QUESTIONS=1000000 \
		$(BIN)/python -m pytest tests/journeys/test_pin_guessing.py tests/api/security/test_probes.py

fuzz: setup  ## Fifty thousand requests, spoiled bytes to every parser, spoiled photos, altered packs
	HASHSVC_TEST_REQUESTS=50000 HASHSVC_TEST_INPUTS=20000 $(BIN)/python -m pytest tests/fuzz
	HASHSVC_TEST_FLIPS=100000 $(BIN)/python -m pytest tests/hashsvc/test_pack_attacks.py
	HASHSVC_TEST_HOSTILE_PHOTOS=10000 $(BIN)/python -m pytest tests/hashsvc/scan/test_hostile_photos.py

mutants: setup  ## Alter the code that may not be wrong, line by line, and count what tests notice
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/mutants.txt
	$(BIN)/python -m mutmut run --max-children 2
	$(BIN)/python -m tests.fuzz.mutants

soak-scan: setup  ## Kill a scan at fifty random moments
	HASHSVC_TEST_KILLS=50 $(BIN)/python -m pytest tests/journeys/test_scan_killed.py

soak-audit: setup  ## Alter, delete and move each of ten thousand audit rows
	HASHSVC_TEST_AUDIT_ROWS=10000 $(BIN)/python -m pytest tests/indexer/test_auditing.py

check: setup  ## Format, lint, types, import contracts, lock files, bandit's findings
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m requirements.lock --check
	$(BIN)/python -m tests.project.findings

format: setup  ## Format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

golden: setup  ## Remake recorded answers, the API document and the commands' help
	$(BIN)/python -m tests.golden.make
	$(BIN)/python -m tests.golden.make_regions
	$(BIN)/python -m tests.golden.make_benign
	$(BIN)/python -m tests.golden.make_self_test
	$(BIN)/python -m tests.project.openapi
	$(BIN)/python -m tests.project.commands

lock: setup  ## Renew the lock files from pyproject.toml
	$(BIN)/python -m requirements.lock

audit: setup  ## Ask a vulnerability service about all that is locked; needs a network
	$(BIN)/python -m requirements.audit

sbom: setup  ## Write bills of materials (CycloneDX) of device and server into dist
	$(BIN)/python -m requirements.sbom

soak: setup  ## A thousand new bases, a million questions, two hundred crashes, ten thousand histories
	$(BIN)/python -m benchmarks soak
	HASHSVC_TEST_QUESTIONS=1000000 $(BIN)/python -m pytest tests/crash/test_racing_hosts.py
	HASHSVC_TEST_CRASHES=200 $(BIN)/python -m pytest tests/crash
	HASHSVC_TEST_SEQUENCES=10000 $(BIN)/python -m pytest tests/indexer/test_state_machine.py

bench: setup  ## Measure hashing beside its peers
	$(BIN)/python -m benchmarks hashing
