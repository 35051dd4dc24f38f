# The ways to build and test ecounit; "make" alone lists them.
#
# It takes Go, make and, for what runs in throwaway hosts, root on Debian. What
# else is needed "make test" installs. VERSION, FUZZTIME and PASS can be set.

.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules --no-print-directory

VERSION  := $(shell cat VERSION)
# A count, since go test before 1.27 now and then fails when a time is up: go.dev/issue/75804.
FUZZTIME := 50000x
PASS     := none
# A generator of manual pages in a library, which nobody calls.
TAGS     := urfave_cli_no_docs
LINT     := dist/tools/golangci-lint

# What the tests need, as Debian packages: throwaway hosts, the race detector,
# manual pages, packages, a Python for tests that look for one, supervisor to
# compare our reading of its files with, and a browser to attack with.
DEBIAN := mmdebstrap systemd-container gcc libc6-dev mandoc man-db rpm rpmlint lintian python3 supervisor chromium

.PHONY: help
help: ## list what can be made
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1|\2/p' $(MAKEFILE_LIST) | while IFS='|' read -r name text; do \
		printf '  make %-10s %s\n' "$$name" "$$text"; done

.PHONY: build
build: ## the program, as dist/ecounit
	@CGO_ENABLED=0 go build -tags $(TAGS) -ldflags '-X ecounit/internal/cli.Version=$(VERSION)' -o dist/ecounit ./cmd/ecounit

.PHONY: check
check: ## what needs no root, in seconds: format, vet, unit tests
	@unformatted=$$(gofmt -l .); [ -z "$$unformatted" ] || { echo "gofmt -w $$unformatted"; exit 1; }
	@go vet -tags machine ./...
	@# Building the linter takes a minute or two, so that is left to make lint.
	@[ ! -x $(LINT) ] || $(MAKE) run-lint
	@go test $(TEST) ./...

.PHONY: lint
lint: $(LINT) run-lint ## golangci-lint, and a proof that it catches forbidden imports

$(LINT): tools.mod tools.sum
	@go build -modfile=tools.mod -o $@ github.com/golangci/golangci-lint/v2/cmd/golangci-lint
	@touch $@

.PHONY: run-lint
run-lint:
	@$(LINT) run ./...
	@GOLANGCI_LINT=$(CURDIR)/$(LINT) go test ./packaging/lint

.PHONY: fmt
fmt: $(LINT) ## format the sources
	@$(LINT) fmt ./...

.PHONY: test
test: ## everything; as root, it installs what it needs and boots throwaway hosts
	@[ "$$(id -u)" = 0 ] || { echo "make test has to be run as root; make check has not"; exit 1; }
	@$(MAKE) debian lint
	@$(MAKE) check LINT=/none TEST='-race -count 1'
	@# What a fuzzer finds anew in supervisor's own parser says nothing of a change
	@# here; the same comparison with fixed seeds is among the unit tests.
	@$(MAKE) fuzz PASS=FuzzAsSupervisor
	@$(MAKE) packages
	@# Two packages at a time: each boots hosts of its own, and mostly waits for them.
	@go test -tags machine -count 1 -p 2 -timeout 30m $$(grep -rl --include='*_test.go' '^//go:build machine' . | xargs -n 1 dirname | sort -u)

.PHONY: debian
debian:
	@mkdir -p dist
	@for name in $(DEBIAN); do dpkg-query -W -f '$${db:Status-Status}' $$name 2>/dev/null | grep -qx installed || echo $$name; done > dist/missing
	@[ ! -s dist/missing ] || { apt-get -q update && \
		DEBIAN_FRONTEND=noninteractive apt-get -q -y install --no-install-recommends $$(cat dist/missing); }

.PHONY: fuzz
fuzz: ## each fuzz target but PASS, FUZZTIME runs
	@mkdir -p dist
	@grep -rEo --include='*_test.go' '^func Fuzz[A-Za-z0-9_]*' . | sed 's|/[^/]*:func | |' | grep -v ' $(PASS)$$' | sort -u | while read -r dir name; do \
		echo "$$dir $$name"; \
		go test -run '^$$' -fuzz "^$$name\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 500x "$$dir" </dev/null >dist/fuzz.log 2>&1 || { cat dist/fuzz.log; exit 1; }; \
	done

.PHONY: packages
packages: ## the RPM and the deb in dist/, checked by rpmlint and lintian
	@packaging/build.sh dist $(VERSION)
	@packaging/lint.sh dist
	@ls dist/*.rpm dist/*.deb

.PHONY: demo
demo: ## the whole story on a throwaway host
	@go run ./test/demo

.PHONY: bench
bench: ## figures against systemctl --user and supervisor
	@go run ./bench

.PHONY: machine
machine: ## a shell in a throwaway host; ARGS="-suite trixie -user bob"
	@go run ./test/machine/shell $(ARGS)

.PHONY: clean
clean: ## delete what was built
	@rm -rf dist
