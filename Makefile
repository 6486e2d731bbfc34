# `make run` shows the main job, `make test` runs every check. Everything else is a shortcut.

CARGO ?= cargo
# First random bytes in 0.02 ms instead of 28 ms at a cold start; harmless elsewhere.
export AWS_LC_SYS_NO_JITTER_ENTROPY = 1

TARGET := $(or $(CARGO_TARGET_DIR),target)
VENV ?= .venv
PYTHON ?= python3
# `sam` and the linters ask nobody and tell nobody; a region is only named because they want one.
TOOLS := env SAM_CLI_TELEMETRY=0 AWS_DEFAULT_REGION=us-east-1 PATH="$(abspath $(VENV))/bin:$$PATH"

FUNCTIONS := member-webhook onboarding check-in win-back kpi-rollup messenger

.PHONY: run test check fmt lint unit template e2e bench fuzz venv conformance clean

# The story of four newcomers in virtual time; ONCE=1 ends after it instead of serving on.
run:
	$(CARGO) build --locked --package hearth
	@$(CARGO) run --locked --quiet --package hearth -- demo $(if $(ONCE),--once) $(if $(HEARTH_LANG),--lang $(HEARTH_LANG))

# Formatting, lints, rules, stories, crash points, the template and its deployment to the emulator:
# all that CI runs.
test: lint unit check template e2e

lint:
	$(CARGO) fmt --all --check
	$(CARGO) clippy --locked --workspace --all-targets -- -D warnings

# The forwarder's tests need nothing but Python itself.
unit:
	$(CARGO) test --locked --workspace
	$(PYTHON) -m unittest discover --start-directory infra/forwarder/discord

# The files that operators start from are right, and the command says so: the one that the tests were built
# with, because building it alone is another graph of dependencies.
check:
	$(CARGO) test --locked --quiet --workspace --no-run
	$(TARGET)/debug/hearth playbook check infra/playbooks/default.toml
	$(TARGET)/debug/hearth community check infra/playbooks/demo-community.toml

# SAM, the linters and the emulator of the end-to-end test, in a folder of their own.
venv: $(VENV)/.installed

$(VENV)/.installed: infra/requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "$(PYTHON): Python 3.11 or later is needed" >&2; exit 1; }
	@echo "installing SAM and the AWS emulator into $(VENV) (about a minute, once)"
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/pip install --quiet --disable-pip-version-check --requirement infra/requirements.txt
	@touch $@

# The template is valid, clean, and promises what the emulator can't show.
template: venv
	$(TOOLS) sam validate --lint -t infra/template.yaml
	$(TOOLS) cfn-lint
	$(TOOLS) checkov --config-file .checkov.yaml
	$(TOOLS) python -m unittest discover --start-directory infra/tests --pattern 'test_*.py'

# The real template with the real binaries on the local AWS emulator, IAM enforced. The binaries are
# those that the tests were built with: another graph of dependencies would be ten minutes more.
e2e: venv
	$(CARGO) test --locked --quiet --workspace --no-run
	$(TARGET)/debug/bootstraps panic --bootstraps $(TARGET)/debug
	$(TOOLS) python infra/tests/end_to_end.py --bootstraps $(TARGET)/debug --hearth $(TARGET)/debug/hearth --work $(TARGET)/e2e

# The bootstraps that ship, as whole processes: a table beside the budgets, out/bench.json, and the proof
# that they outlive a panic. AGAINST=earlier.json shows both side by side. Then a morning on the local stack on
# which DUE members are due in the same minute, the closing of a day on which CLOSING members were active, and the
# weekly report of each number of members in WEEKLY.
DUE ?= 100000
CLOSING ?= 100000
WEEKLY ?= 10000 100000 1000000
# Where that has its tables meanwhile: nothing is gained by waiting for a disk. A million is about 2 GB.
WEEKLY_TABLES ?= /dev/shm/hearth-weekly.db
bench:
	$(CARGO) build --locked --release $(FUNCTIONS:%=--package hearth-%)
	$(CARGO) build --locked --profile local --package hearth-tests --bin bootstraps
	$(TARGET)/local/bootstraps bench --bootstraps $(TARGET)/release --out out/bench.json $(if $(AGAINST),--against $(AGAINST))
	$(TARGET)/local/bootstraps panic --bootstraps $(TARGET)/release
	$(TARGET)/local/bootstraps due --members $(DUE)
	$(TARGET)/local/bootstraps closing --members $(CLOSING)
	for members in $(WEEKLY); do $(TARGET)/local/bootstraps weekly --members $$members --tables $(WEEKLY_TABLES) || exit 1; done

# Each platform's verifier and parser, for SECONDS each, on what the fuzzer makes up from the corpus. What it
# finds ends it, and is kept in tests/fuzz/artifacts. Needs `cargo install cargo-fuzz --locked`.
SECONDS ?= 600
FUZZ_TARGETS ?= slack telegram line discord wecom feishu standard
fuzz:
	@command -v cargo-fuzz >/dev/null || { echo "make fuzz: cargo-fuzz is missing: cargo install cargo-fuzz --locked" >&2; exit 1; }
	@mkdir -p $(FUZZ_TARGETS:%=$(TARGET)/fuzz/%)
	@for one in $(FUZZ_TARGETS); do $(PYTHON) tests/fuzz/found.py unpack $$one $(TARGET)/fuzz/$$one; done
	set -e; for one in $(FUZZ_TARGETS); do \
	  $(CARGO) fuzz run --fuzz-dir tests/fuzz --sanitizer none $$one $(TARGET)/fuzz/$$one tests/fuzz/corpus/$$one -- \
	    -max_total_time=$(SECONDS) -max_len=6000 -timeout=10; \
	done

# Against published vectors and real activity, in a folder that is not part of the project:
#     make conformance SHARED=../shared
conformance:
	@test -n "$(SHARED)" || { echo "make conformance SHARED=<folder>: SHARED is not set" >&2; exit 1; }
	@test -d "$(SHARED)/vectors" -a -d "$(SHARED)/data" || { echo "$(SHARED): no vectors and data in it" >&2; exit 1; }
	HEARTH_SHARED="$(abspath $(SHARED))" $(CARGO) test --locked --package hearth-platforms --test conformance -- --ignored --nocapture
	$(CARGO) build --locked --profile local --package hearth
	$(PYTHON) infra/conformance.py --hearth $(TARGET)/local/hearth --shared "$(SHARED)" --out out/conformance
	$(PYTHON) infra/conformance_leaves.py --hearth $(TARGET)/local/hearth --shared "$(SHARED)" --out out/conformance

fmt:
	$(CARGO) fmt --all

clean:
	$(CARGO) clean
	rm -rf out .aws-sam
