# make demo, make check: everything, from a fresh clone. make check-quick: what one runs before a commit, within 5 minutes;
# make check: all, within 20; make check-long: what takes hours, see docs/reliability.md. make examples: all examples in
# full; make 02-poisson-deeponet: one of them. Other targets are parts.

SHELL := /bin/bash
PREFIX ?= /usr/local
VERSION := $(shell sed -n 's/.*RFGSNN_VERSION "\(.*\)"/\1/p' include/rfgsnn.h)
RELEASE := .build/release
# Without a path to look for libraries in: it needs the system's only.
SWIFT_BUILD := swift build -c release --disable-local-rpath
LIBRARY := $(RELEASE)/librfgsnn.so
PYTHON := build/venv/bin/python
CFLAGS := -O2 -std=c99 -Wall -Wextra -pedantic -Werror -Iinclude
LDFLAGS := -L$(RELEASE) -Wl,-rpath,$(CURDIR)/$(RELEASE) -lrfgsnn

OPERATOR_EXAMPLES := 02-poisson-deeponet 03-burgers-deeponet 04-reaction-diffusion-seponet

.PHONY: demo examples $(OPERATOR_EXAMPLES) check check-quick check-long build install generate format clean tools python \
  paper paper-quick paper-tune bench bench-quick kernel-benchmark check-generated check-format check-abi check-header \
  check-swift check-c check-fuzz check-fuzz-long check-faults check-address check-install check-python check-example \
  check-paper check-bench check-instructions

demo: build python build/examples/01-mexican-hat
	build/examples/01-mexican-hat
	$(PYTHON) examples/01-mexican-hat/compare.py build/demo

# Each writes its table to the terminal, and pictures and numbers into build/NAME.
examples: demo $(OPERATOR_EXAMPLES)

$(OPERATOR_EXAMPLES): %: build/examples/% python
	mkdir -p build/$@
	build/examples/$@ build/$@
	$(PYTHON) examples/$@/compare.py build/$@

check: check-generated check-format check-header check-abi check-swift check-c check-fuzz check-faults check-address \
  check-install check-python check-example check-paper check-bench check-instructions
	@echo "make check: everything passed"

# Kernels, runtime and the C interface in Swift; the C tests; a few seconds of random calls; the Python package without what
# trains for long.
QUICK_PYTHON := arrays callbacks library lifetime network options state
check-quick: check-generated check-format check-header check-abi check-c python
	swift test --filter 'KernelTests|RuntimeTests|RFGSNNTests'
	$(MAKE) -C Tests/fuzz run SECONDS=5
	cd build && venv/bin/python -m pytest -q $(QUICK_PYTHON:%=../bindings/python/tests/test_%.py)
	@echo "make check-quick: everything passed; make check does more"

# Hours: sanitizers, valgrind, every failed allocation, endurance and random calls. build/reliability.txt says what was
# done and found.
check-long: build build/examples/01-mexican-hat $(OPERATOR_EXAMPLES:%=build/examples/%)
	scripts/check-long.sh

tools:
	@scripts/bootstrap.sh

build: tools
	$(SWIFT_BUILD) --product rfgsnn
	ln -sf librfgsnn.so $(RELEASE)/librfgsnn.so.1

generate:
	$(SWIFT_BUILD) --product apigen
	$(RELEASE)/apigen .

format:
	swift format --in-place --recursive Sources Tests benchmarks Package.swift

clean:
	rm -rf .build .build-address .build-thread build

# Puts librfgsnn.so.VERSION with its SONAME links, the header and the pkg-config file under PREFIX.
install: build
	install -d "$(DESTDIR)$(PREFIX)/lib/pkgconfig" "$(DESTDIR)$(PREFIX)/include"
	install -m 755 $(LIBRARY) "$(DESTDIR)$(PREFIX)/lib/librfgsnn.so.$(VERSION)"
	strip --strip-unneeded "$(DESTDIR)$(PREFIX)/lib/librfgsnn.so.$(VERSION)"
	ln -sf librfgsnn.so.$(VERSION) "$(DESTDIR)$(PREFIX)/lib/librfgsnn.so.1"
	ln -sf librfgsnn.so.1 "$(DESTDIR)$(PREFIX)/lib/librfgsnn.so"
	install -m 644 include/rfgsnn.h "$(DESTDIR)$(PREFIX)/include/rfgsnn.h"
	sed -e 's|@PREFIX@|$(abspath $(PREFIX))|' -e 's|@VERSION@|$(VERSION)|' bindings/c/rfgsnn.pc.in \
	  > "$(DESTDIR)$(PREFIX)/lib/pkgconfig/rfgsnn.pc"

build/examples/01-mexican-hat: examples/01-mexican-hat/main.c include/rfgsnn.h | build
	mkdir -p $(@D)
	$(CC) $(CFLAGS) $< -o $@ $(LDFLAGS) -lm

# The operator examples share the code of examples/data and examples/support.
EXAMPLE_DATA := $(filter-out examples/data/dump.c,$(wildcard examples/data/*.c))
EXAMPLE_SOURCES := $(EXAMPLE_DATA) $(wildcard examples/support/*.c)
EXAMPLE_HEADERS := $(wildcard examples/data/*.h examples/support/*.h)

$(OPERATOR_EXAMPLES:%=build/examples/%): build/examples/%: examples/%/main.c $(EXAMPLE_SOURCES) $(EXAMPLE_HEADERS) \
    include/rfgsnn.h | build
	mkdir -p $(@D)
	$(CC) $(CFLAGS) $< $(EXAMPLE_SOURCES) -o $@ $(LDFLAGS) -lm

build/examples/dump-data: examples/data/dump.c $(EXAMPLE_DATA) $(EXAMPLE_HEADERS)
	mkdir -p $(@D)
	$(CC) $(CFLAGS) $< $(EXAMPLE_DATA) -o $@ -lm

# The Python package with the library inside, in the project's own environment.
python: build
	$(PYTHON) -m pip install --quiet --disable-pip-version-check --no-build-isolation --force-reinstall --no-deps \
	  ./bindings/python

# Every benchmark by every method: docs/results.md. Takes up where it stopped. benchmarks/paper/README.md tells more.
paper: python
	PYTHONPATH=benchmarks $(PYTHON) -m paper.run

# The same with fewer seeds and methods, within 10 minutes: build/paper-quick/results.md.
paper-quick: python
	PYTHONPATH=benchmarks $(PYTHON) -m paper.run --quick

# Chooses what is not yet in benchmarks/paper/settings.json.
paper-tune: python
	PYTHONPATH=benchmarks $(PYTHON) -m paper.tune

# Every kernel on every instruction set of this processor, with its share of what the processor can do at best.
kernel-benchmark: tools
	$(SWIFT_BUILD) --product kernel-benchmark
	$(RELEASE)/kernel-benchmark

# Whole training steps against those of other libraries, within 25 minutes on an idle machine: docs/performance.md.
bench: build build/bench/latency
	benchmarks/peers/install.sh
	PYTHONPATH=benchmarks build/bench-venv/bin/python -m peers.run

# The same with few of everything, to see that it works: build/bench-quick/performance.md.
bench-quick: build build/bench/latency
	benchmarks/peers/install.sh
	PYTHONPATH=benchmarks build/bench-venv/bin/python -m peers.run --quick

build/bench/latency: benchmarks/peers/latency.c include/rfgsnn.h | build
	mkdir -p $(@D)
	$(CC) $(CFLAGS) $< -o $@ $(LDFLAGS)

check-generated: tools
	$(SWIFT_BUILD) --product apigen
	$(RELEASE)/apigen --check .

check-format:
	swift format lint --strict --recursive Sources Tests benchmarks Package.swift

check-header: tools
	scripts/check-header.sh

check-abi: build
	scripts/check-abi.sh $(LIBRARY)

check-swift: tools
	swift test

check-c: build
	$(MAKE) -C Tests/c

# Random calls, the same ones at each run.
check-fuzz: build
	$(MAKE) -C Tests/fuzz run SECONDS=30

# For FUZZ_SECONDS from FUZZ_SEED on; and as long for each of libFuzzer's, where there is clang.
FUZZ_SECONDS ?= 3600
FUZZ_SEED ?= 1000000
check-fuzz-long: build
	$(MAKE) -C Tests/fuzz run SECONDS=$(FUZZ_SECONDS) SEED=$(FUZZ_SEED)
	if command -v clang > /dev/null; then $(MAKE) -C Tests/fuzz libfuzzer SECONDS=$(FUZZ_SECONDS); fi

check-faults: build
	$(MAKE) -C Tests/faults

# C tests, a few faults and random calls with the library and the tests built for AddressSanitizer.
check-address: tools
	scripts/sanitized.sh address short

check-install: build
	scripts/check-install.sh

check-python: python
	cd build && venv/bin/python -m pytest -q ../bindings/python/tests

check-example: build/examples/01-mexican-hat $(OPERATOR_EXAMPLES:%=build/examples/%) build/examples/dump-data python
	scripts/check-example.sh

check-paper: python
	PYTHONPATH=benchmarks $(PYTHON) -m pytest -q -p no:cacheprovider benchmarks/paper/tests

build/instructions/steps: benchmarks/instructions/steps.c include/rfgsnn.h | build
	mkdir -p $(@D)
	$(CC) $(CFLAGS) $< -o $@ $(LDFLAGS)

check-instructions: build/instructions/steps
	scripts/check-instructions.sh

check-bench: python build/bench/latency
	PYTHONPATH=benchmarks $(PYTHON) -m pytest -q -p no:cacheprovider benchmarks/peers/tests
