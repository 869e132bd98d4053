# Needs python3 (3.11 or newer) and make; everything else is set up in .venv from requirements.lock.
.DEFAULT_GOAL := help
.PHONY: help setup demo test audit bench validate calibrate web docs wheel wheels

BIN := .venv/bin
# QUICK=1 scores the studies with fewer draws.
DRAWS := $(if $(QUICK),--draws 100)
# Where Python may keep no compiled modules, every process of tests and benchmarks would compile ours anew.
unexport PYTHONDONTWRITEBYTECODE

help: ## list the targets
	@grep -E '^[a-z]+: .*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 20

setup: ## make or refresh .venv from requirements.lock
	@scripts/setup_venv.sh

demo: setup ## set up, fill the compile cache, run the main job on examples/adult_arm.yaml
	$(BIN)/endplate doctor --warm
	$(BIN)/endplate run examples/adult_arm.yaml --out endplate-out/adult_arm

test: setup ## style, types, import rules, then every test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -m timed
	$(BIN)/python -m pytest -m "not timed" -n auto --dist worksteal

audit: setup ## look at pins, hashes, licences and known vulnerabilities of everything endplate rests on
	$(BIN)/python scripts/audit_dependencies.py docs/data/dependencies.json

bench: setup ## run every benchmark (about half an hour), write docs/benchmarks.md and docs/bars.md; one JSON document last
	$(BIN)/python scripts/write_benchmarks.py docs/data/benchmarks.json docs/benchmarks.md
	@$(BIN)/python scripts/write_bars.py docs/data/bars.toml docs/bars.md >&2

validate: setup ## score every study in studies/, page in endplate-out/scoreboard/ (QUICK=1: 100 draws; else also leave-one-out, 2,000 plans searched, 10,200 spoilt files, ten killed workers, stores and trials killed at five times as many moments, every verb on one thread and four, and fifty people at once); the experiments on developing reflexes and maps; prove individualise; build the documentation with every cell run; and without QUICK the trainer's score and explain (which misses a criterion: docs/explain.md), where the truth is known
	@scripts/score_studies.sh $(DRAWS) --out endplate-out/scoreboard
	@test -n "$(QUICK)" || ENDPLATE_PLANS=2000 $(BIN)/python -m pytest -q tests/property/test_optimise_limits.py
	@test -n "$(QUICK)" || ENDPLATE_KILLS=10 $(BIN)/python -m pytest -q tests/cli/test_trial_cluster.py
	@test -n "$(QUICK)" || for seed in 2 3 4 5 6; do ENDPLATE_SEED=$$seed $(BIN)/python -m pytest -q -k kill tests/store/test_reliability.py tests/cli/test_trial_scale.py || exit 1; done
	@test -n "$(QUICK)" || $(BIN)/python scripts/harden.py
	@test -n "$(QUICK)" || ENDPLATE_VERBS=all $(BIN)/python -m pytest -q tests/cli/test_cli_threads.py
	@test -n "$(QUICK)" || ENDPLATE_LOAD_S=60 $(BIN)/python -m pytest -q tests/server/test_load.py
	@test -n "$(QUICK)" || scripts/score_studies.sh --leave-one-out --out endplate-out/scoreboard_leave_one_out
	$(BIN)/python scripts/validate_development.py $(if $(QUICK),--seeds 2)
	$(BIN)/python scripts/validate_individualise.py $(if $(QUICK),--people 10)
	$(BIN)/sphinx-build -q -W --keep-going -b html docs endplate-out/docs
	@test -n "$(QUICK)" || $(BIN)/python scripts/validate_training.py
	@test -n "$(QUICK)" || $(BIN)/python scripts/validate_explain.py --people 15

calibrate: setup ## learn what the calibration studies teach of mechanism and comparator (about half an hour)
	$(BIN)/python scripts/calibrate.py studies docs/data

web: ## build the app's pages into src/endplate/app/server/pages (needs Node)
	@command -v npm >/dev/null || { echo "Node and npm are needed to build the pages; they are part of the repository, so 'endplate serve' works without."; exit 1; }
	cd web && npm ci --no-fund --no-audit && npm run build

docs: setup ## write the generated pages and figures of docs/, then build all pages into endplate-out/docs, every cell run
	$(BIN)/python scripts/write_cli_docs.py docs/cli.md
	$(BIN)/python scripts/write_numbers.py docs/numbers.md
	$(BIN)/python scripts/write_training_causes.py
	$(BIN)/python scripts/count_house.py docs/data/house.json
	$(BIN)/python scripts/write_bars.py docs/data/bars.toml docs/bars.md
	$(BIN)/python scripts/draw_stages.py docs/figures
	$(BIN)/python scripts/draw_later_stages.py docs/figures
	$(BIN)/python scripts/draw_chain.py docs/figures
	$(BIN)/python scripts/draw_development_map.py docs/figures
	$(BIN)/python scripts/write_three_cycles.py docs/three_cycles.md examples/three_cycles docs/figures
	$(BIN)/python scripts/draw_app.py docs/figures
	$(BIN)/sphinx-build -q -W --keep-going -b html docs endplate-out/docs
	@echo "The pages stand in endplate-out/docs/index.html"

wheel: setup ## build the wheel into dist/
	@rm -f dist/endplate-*.whl
	$(BIN)/python -m build --wheel --no-isolation --outdir dist

wheels: setup ## try the wheel in clean environments of every Python from 3.11 on this machine (about half an hour)
	$(BIN)/python scripts/try_wheel.py --out docs/data/wheels.json
