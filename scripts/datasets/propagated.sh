#!/usr/bin/env bash
# Collects datasets/propagated anew: two clusters that carry causes along, one after another, ten minutes. Same commands, other times and uids.
set -euo pipefail
cd "$(dirname "$0")/../.."
out=results/propagated

capture() { # ID OPTIONS…
  local id=$1
  shift
  npm run --silent cluster -- up --name "$id" --users 0 --causes
  npm run --silent collect -- --capture-only --id "$id" --cluster "$id" --out "$out/captures/$id" --people 4 "$@"
  npm run --silent cluster -- down --name "$id"
}

capture p1 --seed 201 --actions 340 --think 900
capture p2 --seed 202 --actions 340 --think 900 --shared

npm run --silent dataset -- build "$out" --name propagated \
  --title 'Four people at once, and what the cluster itself says caused each line' \
  --captures "$out"/captures/{p1,p2} --folds scripts/datasets/propagated-folds.json
npm run --silent dataset -- verify "$out"
npx tsx scripts/propagated-scores.ts "$out" >"$out/attribution.json"
npx tsx scripts/datasets/carried-card.ts "$out" "$out/attribution.json"
