# `make run` shows the main job, `make test` runs every check. Everything else is a shortcut.

CARGO ?= cargo
# First random bytes in 0.02 ms instead of 28 ms at a cold start; harmless elsewhere.
export AWS_LC_SYS_NO_JITTER_ENTROPY = 1

.PHONY: run test check fmt lint unit conformance clean

# The story of four newcomers in virtual time; ONCE=1 ends after it instead of serving on.
run:
	$(CARGO) build --locked --package hearth
	@$(CARGO) run --locked --quiet --package hearth -- demo $(if $(ONCE),--once) $(if $(HEARTH_LANG),--lang $(HEARTH_LANG))

# Formatting, lints, rules, stories, crash points: all that CI runs.
test: lint unit check

lint:
	$(CARGO) fmt --all --check
	$(CARGO) clippy --locked --workspace --all-targets -- -D warnings

unit:
	$(CARGO) test --locked --workspace

# The files that operators start from are right, and the command says so.
check:
	$(CARGO) run --locked --quiet --package hearth -- playbook check infra/playbooks/default.toml
	$(CARGO) run --locked --quiet --package hearth -- community check infra/playbooks/demo-community.toml

# Against published vectors and real activity, in a folder that is not part of the project:
#     make conformance SHARED=../shared
conformance:
	@test -n "$(SHARED)" || { echo "make conformance SHARED=<folder>: SHARED is not set" >&2; exit 1; }
	@test -d "$(SHARED)/vectors" -a -d "$(SHARED)/data" || { echo "$(SHARED): no vectors and data in it" >&2; exit 1; }
	HEARTH_SHARED="$(abspath $(SHARED))" $(CARGO) test --locked --package hearth-platforms --test conformance -- --ignored --nocapture
	$(CARGO) build --locked --profile local --package hearth
	python3 infra/conformance.py --hearth target/local/hearth --shared "$(SHARED)" --out out/conformance

fmt:
	$(CARGO) fmt --all

clean:
	$(CARGO) clean
	rm -rf out
