# What one does with the project. `make` lists it.
#
# The functions' settings, HOST, PORT, INSTANCES, QUEUE and LOGIN come from the environment or the command line:
#   make run PORT=9100 DATABASE_URL=sqlite:my-folder PUBLISHED_TABLES='Sales.*'

SETTINGS := DATABASE_URL DATABASE_SECRET_ID PUBLISHED_TABLES HIDDEN_COLUMNS LABELS ODBC_DRIVER DATABASE_CA_FILE PAGE_SIZE \
	MAX_PAGE_SIZE QUERY_TIMEOUT_SECONDS LOGIN_TIMEOUT_SECONDS ACCESS OIDC_ISSUER OIDC_CLIENT_ID OIDC_CLIENT_SECRET_ID \
	OIDC_CLIENT_SECRET OIDC_SCOPES OIDC_CA_FILE SITE_ADDRESS TOKEN_ADDRESS SESSION_SECRET_ID SESSION_KEY SESSION_MINUTES \
	SESSION_CLAIMS ROW_RULES AUDIT_TABLES AUDIT_LOG CACHE_CONTROL CACHE_CONTROL_TABLES CORS_ORIGINS SITE_TITLE LOG_LEVEL \
	DATABASE_USER_MAY_WRITE

# make expands `$` in what the command line gives. A password may hold one, so the values are passed on as they came.
$(foreach name,$(SETTINGS) HOST PORT INSTANCES QUEUE LOGIN,$(if $(filter command,$(origin $(name))),\
	$(eval override export $(name) := $$(value $(name)))))

# Left over from an npm that came to its end, so newer than the lock file once that has been followed.
PACKAGES := templates/assets/node_modules/.package-lock.json
ASSETS := templates/assets/built/library.css
# What the browser tests take from npm, a linter for scripts among it.
BROWSER := tests/browser/node_modules/.package-lock.json
# The demo's sign-in service, from npm.
PROVIDER := infra/login/node_modules/.package-lock.json
# What the tests of the API take from npm.
API := tests/api/node_modules/.package-lock.json
FUNCTIONS := index site table
# Serves all of them on this machine.
SERVER := target/local/local

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help run build server assets demo test check screenshots setup clean before-run layer before-package package preflight deploy undeploy smoke local test-deploy test-sam fuzz abuse load bench growth test-api \
	test-iris

help:
	@echo "make TARGET, where TARGET is one of"
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  \1\t\2/p' Makefile | expand -t 14

run: before-run server $(if $(LOGIN),$(PROVIDER)) ## serve tables on http://127.0.0.1:9000, the demo's or those of DATABASE_URL
	@exec $(SERVER)

# What would stop the start must not wait for a build of minutes.
before-run:
	@infra/local/setup.sh tools
	@cargo run --quiet --profile local --target-dir target --package local-start

run: SETUP_FOR := run
check: SETUP_FOR := check
test: SETUP_FOR := test

build: setup assets ## the release functions, in target/lambda/*/bootstrap
	@cargo build --release --target-dir target $(FUNCTIONS:%=--package %)
	@set -e; for name in $(FUNCTIONS); do \
		from=target/release/$$name folder=target/lambda/$$name; \
		if cmp -s $$from $$folder/bootstrap; then continue; fi; \
		mkdir -p $$folder; \
		cp $$from $$folder/bootstrap.new; \
		mv $$folder/bootstrap.new $$folder/bootstrap; \
	done

server: setup assets
	@cargo build --profile local --target-dir target --package local

assets: $(ASSETS) ## the page's CSS and scripts, from npm by lock file

$(PACKAGES): templates/assets/package.json templates/assets/package-lock.json
	@infra/local/setup.sh tools
	@echo "Installing the page's assets"
	@cd templates/assets && npm ci --ignore-scripts --loglevel=error >/dev/null
	@touch $@

$(ASSETS): $(PACKAGES) $(wildcard templates/assets/*.js templates/assets/*.mjs templates/assets/*.scss)
	@cd templates/assets && node build.mjs

$(BROWSER): tests/browser/package.json tests/browser/package-lock.json
	@cd tests/browser && npm ci --ignore-scripts --loglevel=error >/dev/null
	@touch $@

$(PROVIDER): infra/login/package.json infra/login/package-lock.json
	@cd infra/login && npm ci --ignore-scripts --loglevel=error >/dev/null
	@touch $@

$(API): tests/api/package.json tests/api/package-lock.json
	@cd tests/api && npm ci --ignore-scripts --loglevel=error >/dev/null
	@touch $@

demo: SETUP_FOR := tools
demo: server ## the demo data, in target/demo
	@$(SERVER) --demo target/demo

# No setting of the one who runs the tests may reach the product.
TESTING := env $(patsubst %,-u %,$(SETTINGS) HOST PORT INSTANCES QUEUE LOGIN TEMPLATES_DIR)

test: build $(BROWSER) $(API) $(PROVIDER) ## all tests
	@infra/deploy/gate.py $(FUNCTIONS:%=target/lambda/%/bootstrap)
	@python3 -B infra/odbc-layer/test_layer.py
	@python3 -B infra/deploy/test_gate.py
	@$(TESTING) cargo test --workspace
	@echo "The contract suite against PostgreSQL"
	@$(TESTING) TEST_DATABASE_URL=postgres: cargo test --package tests --test contract
	@$(TESTING) tests/iris.sh
	@echo "The API by its description"
	@$(TESTING) target/tools/api/bin/python -B -m unittest discover --start-directory tests/api
	@echo "The pages in a browser"
	@$(TESTING) tests/browser/run.sh

test-iris: SETUP_FOR := test
test-iris: setup assets ## the suites on a double of IRIS, lenient and strict, where the environment names one
	@$(TESTING) tests/iris.sh

fuzz: assets ## the fuzz targets, SECONDS=60 each
	@nice tests/fuzz/libfuzzer/run.sh $(or $(SECONDS),60) $(TARGETS)

abuse: SETUP_FOR := abuse
load: SETUP_FOR := abuse
abuse: server ## lets sqlmap try to inject SQL, on SQLite and PostgreSQL (an hour)
	@$(TESTING) infra/trials/abuse.py

load: server ## 50 clients at once for SECONDS=300 each, on SQLite and PostgreSQL
	@$(TESTING) infra/trials/load.py --seconds $(or $(SECONDS),300)

test-api: SETUP_FOR := test
test-api: setup assets $(API) ## 20,000 requests and more to the API, made from its description; takes minutes
	@cargo build --package tests --bins
	@cd tests/api && $(TESTING) LONG=1 ../../target/tools/api/bin/python -B -m unittest -v test_fuzz

check: setup assets $(BROWSER) ## format, lints, licences, advisories, unused dependencies, scripts, templates
	@infra/local/check.sh

bench: build ## what parts and whole requests take: tests/bench/README.md says how to read it
	@cargo build --release --target-dir target --package gateway --example hello
	@$(TESTING) cargo bench --package tests --bench parts
	@$(TESTING) cargo bench --package tests --bench requests --profile dev

growth: build server ## docs/performance.md: what grows with rows, columns, tables and clients
	@$(TESTING) cargo bench --package tests --bench growth --profile dev

screenshots: assets $(BROWSER) $(PROVIDER) ## the README's pictures, of the demo
	@cargo build --package tests --bins
	@node tests/browser/screenshots.js

layer: ## the driver's layer from KIT=ODBC-….tar.gz; TLS=no, CA=FILE, LIBRARIES=FOLDER where needed
	@$(if $(KIT),,echo "Say where InterSystems' driver kit lies: make layer KIT=ODBC-….tar.gz" >&2; exit 1)
	@python3 infra/odbc-layer/layer.py "$(KIT)" target/layer $(if $(filter no,$(TLS)),--no-tls) \
		$(if $(CA),--ca "$(CA)") $(if $(LIBRARIES),--libraries "$(LIBRARIES)") \
		$(if $(ARCHITECTURE),--architecture $(ARCHITECTURE))

SAM := SAM_CLI_TELEMETRY=0 PATH="$(CURDIR)/target/tools/sam/bin:$$PATH" sam
# That of the deployment, once deploy.toml says it.
ARCHITECTURE ?= $(or $(shell sed -n 's/^\([a-z_].*\)\{0,1\}Architecture *= *\\*"\(arm64\|x86_64\)\\*".*/\2/p' deploy.toml 2>/dev/null),arm64)
# Python with SAM's packages, whose reading of templates and of deploy.toml is what counts.
DEPLOYING := target/tools/sam/bin/python -B

# What would stop it must not wait for a build of minutes.
before-package:
	@infra/deploy/gate.py --layer target/layer $(ARCHITECTURE)

package: SETUP_FOR = package $(ARCHITECTURE)
package: before-package setup assets ## the functions for AWS, in .aws-sam/build: ARCHITECTURE=arm64 or x86_64
	@$(SAM) build --parameter-overrides Architecture=$(ARCHITECTURE)
	@infra/deploy/gate.py .aws-sam/build/*Function/bootstrap

preflight: ## what would stop a deployment, before anything is built; asks what it must know the first time
	@infra/local/setup.sh preflight $(ARCHITECTURE)
	@$(DEPLOYING) infra/deploy/ask.py $(ARCHITECTURE)
	@$(DEPLOYING) infra/deploy/preflight.py $(ARCHITECTURE)

deploy: preflight package ## to AWS: preflight, build, upload
	@$(SAM) deploy --config-file deploy.toml --region "$$($(DEPLOYING) infra/deploy/preflight.py --region)"
	@echo "Now try it: make smoke ADDRESS=… (the output Address)"

undeploy: ## removes the deployment from AWS, with its logs
	@$(SAM) delete --config-file deploy.toml --region "$$($(DEPLOYING) infra/deploy/preflight.py --region)"

smoke: ## asks a running site for a little of everything: ADDRESS=https://…, TOKEN=… or SIGN=REGION where needed
	@$(or $(wildcard target/tools/sam/bin/python),python3) -B infra/deploy/smoke.py '$(ADDRESS)'

test-deploy: SETUP_FOR := test-deploy
test-deploy: setup ## the template and the tools that deploy it, without AWS
	@$(TESTING) $(DEPLOYING) -m unittest discover --start-directory infra/deploy/tests --top-level-directory infra/deploy/tests

local: SETUP_FOR := test-sam
local: setup build demo ## the deployment in Docker under sam local, on the demo or on DATABASE_URL
	@target/tools/sam/bin/python -B infra/deploy/local.py

test-sam: SETUP_FOR := test-sam
test-sam: setup build ## the deployment in Docker under sam local, tested
	@$(TESTING) target/tools/sam/bin/python -B infra/deploy/test_sam.py
	@$(TESTING) target/tools/sam/bin/python -B infra/deploy/test_sam_iris.py

setup: ## install what this machine lacks
	@infra/local/setup.sh $(SETUP_FOR)

clean: ## remove all that was made
	rm -rf target templates/assets/node_modules templates/assets/built tests/browser/node_modules tests/api/node_modules infra/login/node_modules
