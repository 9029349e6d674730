# make run     install what is missing, build JMake, build and run the example, print three times
# make test    install what is missing, then every check and every test
# make check   the quick part of test: format, lints, unit tests, documentation
# make soak    random edits against clean builds, for JMAKE_SOAK_SECONDS (default: 10 minutes)
# make kills   builds that are killed at random moments, JMAKE_KILL_ROUNDS of them (default: 200)
# make fuzz    random bytes as jmake.toml, for JMAKE_FUZZ_SECONDS (default: 60); needs a nightly toolchain and cargo-fuzz
# make bench   measure against ninja, write docs/benchmarks.md
# make corpus  fetch the third-party sources that tests and benchmarks build

CARGO ?= cargo

JMAKE_SOAK_SECONDS ?= 600
JMAKE_KILL_ROUNDS ?= 200
JMAKE_FUZZ_SECONDS ?= 60

.PHONY: run test check soak kills fuzz bench corpus tools test-tools bench-tools static

run: tools
	$(CARGO) build --release --bins
	scripts/try.sh "$(CURDIR)/$${CARGO_TARGET_DIR:-target}/release" examples/calculator

# Faults first: the last build is then the one without them, and the last lines are those of the whole suite. Most of them wait,
# so more run at a time than there are processors.
test: test-tools static corpus
	RUST_TEST_THREADS=4 $(CARGO) test --features faults --test it supervision
	$(CARGO) test --no-fail-fast

check: tools static
	$(CARGO) test --lib --test tidy

static:
	scripts/check-toolchain.sh
	$(CARGO) fmt --check
	$(CARGO) clippy --all-targets -- -D warnings
	$(CARGO) clippy --all-targets --features faults -- -D warnings
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --no-deps --document-private-items

# Prints each seed; JMAKE_SOAK_SEED=<seed> begins with that one, JMAKE_SOAK_KEEP=<directory> keeps what failed.
soak: test-tools
	JMAKE_SOAK_SECONDS=$(JMAKE_SOAK_SECONDS) $(CARGO) test --test it oracle -- --nocapture

# Prints each seed; JMAKE_KILL_SEED=<seed> begins with that one.
kills: test-tools
	JMAKE_KILL_ROUNDS=$(JMAKE_KILL_ROUNDS) $(CARGO) test --test it kills:: -- --nocapture

# What it finds stays below fuzz/artifacts.
fuzz:
	mkdir -p fuzz/corpus/config
	cd fuzz && $(CARGO) +nightly fuzz run config corpus/config ../src/engine/config/tests/broken -- -max_total_time=$(JMAKE_FUZZ_SECONDS) -max_len=2000

bench: bench-tools corpus
	$(CARGO) build --release --bins
	benches/run.py --write docs/benchmarks.md

corpus: test-tools
	scripts/fetch-corpus.sh

tools:
	@scripts/install-tools.sh

test-tools:
	@scripts/install-tools.sh test

bench-tools:
	@scripts/install-tools.sh bench
