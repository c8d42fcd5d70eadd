# Foyer's targets; `make` alone lists them. Building and running need Git, Go and make. Testing needs more, which
# .ci/needs installs or names.

GO   ?= go
NODE ?= node
ARGS ?=

# How long `make fuzz` spends on each parser.
FUZZTIME ?= 30s

# How long `make torture` goes on with each of its harms.
TORTURETIME ?= 2m

.DEFAULT_GOAL := help
.PHONY: help run build quick test engines lint size bench fuzz torture screenshots clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: quick ## Build quickly and run on http://localhost:8080 with the demo shops (ARGS="--listen … --data …")
	bin/relay serve --dev $(ARGS)

build: ## Build bin/relay for deployment: one static file with everything in it
	$(GO) run ./www/bundle -out www/dist
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags='-s -w' -o bin/relay ./relay

# What `run` and the browser tests need: assets compressed quickly, the relay with its symbols.
quick:
	$(GO) run ./www/bundle -out www/dist -fast
	CGO_ENABLED=0 $(GO) build -o bin/relay ./relay

test: ## Test everything: Go (with the race detector where it can find something), then the stories in a browser
	.ci/needs
	.ci/gotest
	$(MAKE) quick
	cd www/e2e && $(NODE) run.js

engines: quick ## Print what works across sites in Chromium (three modes), Firefox and WebKitGTK
	.ci/needs
	cd www/e2e && $(NODE) engines.js

lint: ## Check formatting, vet and staticcheck (native and wasm), types of the JavaScript, size budgets
	.ci/lint

size: ## Print what browsers load, in bytes, beside its budget
	$(GO) run ./www/bundle -out www/dist -size

bench: quick ## Measure the store (Go benchmarks), and in a browser how fast chats and invitations come, and what they cost the page
	$(GO) test -run '^$$' -bench . -benchmem ./relay/...
	cd www/e2e && $(NODE) measure.js && $(NODE) measure-main-thread.js && $(NODE) measure-invite.js

fuzz: ## Fuzz every parser for $(FUZZTIME)
	.ci/fuzz $(FUZZTIME)

torture: ## Kill the relay and its database under load, fill its disk, storm it, flood it from one address; each for $(TORTURETIME), with accounts
	$(GO) test -count=1 -timeout 0 -run Torture -v ./relay -torture $(TORTURETIME)

screenshots: quick ## Make the README's pictures in www/docs again
	cd www/e2e && $(NODE) run.js pictures
	mkdir -p www/docs && cp www/e2e/out/chat-wide.png www/e2e/out/desktop-wide.png www/docs/

clean: ## Remove what was built, not what a relay has stored
	rm -rf bin www/dist/* www/e2e/node_modules www/e2e/out
