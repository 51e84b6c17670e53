#!/usr/bin/env bash
# Collects datasets/carried anew: four clusters that carry causes along, one after another, a quarter of an hour. Other times and uids.
set -euo pipefail
cd "$(dirname "$0")/../.."
out=results/carried

# Starts a cluster, makes a capture on it, ends it, and leaves out the lines of requests that are not answered yet.
capture() { # ID COMMAND…
  local id=$1 folder=$out/captures/$1
  shift
  npm run --silent cluster -- up --name "$id" --users 0 --causes
  "$@" --cluster "$id" --id "$id" --out "$folder"
  npm run --silent cluster -- down --name "$id"
  grep -v '"stage":"RequestReceived"' "$folder/audit.jsonl" >"$folder/answered.jsonl"
  mv "$folder/answered.jsonl" "$folder/audit.jsonl"
  node -e '
    const fs = require("node:fs");
    const info = JSON.parse(fs.readFileSync(process.argv[1], "utf8"));
    info.policy = "RequestResponse for every request; RequestReceived left out";
    fs.writeFileSync(process.argv[1], JSON.stringify(info, null, 2) + "\n");
  ' "$folder/capture.json"
}
machines() { npx tsx scripts/datasets/automated-capture.ts "$@"; }
people() { npm run --silent collect -- --capture-only --people 4 --think 700 "$@"; }

capture d1 machines --seed 401 --minutes 5 --pauses 10,20,40,80
capture d2 machines --seed 402 --minutes 5 --pauses 5,20,60,150
capture d3 people --seed 211 --actions 300 --shared
capture d4 people --seed 212 --actions 220

npm run --silent dataset -- build "$out" --name carried \
  --title 'Machines and people at once, to train on, and what the cluster itself says caused each line' \
  --captures "$out"/captures/{d1,d2,d3,d4} --folds scripts/datasets/carried-folds.json
npm run --silent dataset -- verify "$out"
npx tsx scripts/propagated-scores.ts "$out" >"$out/attribution.json"
npx tsx scripts/datasets/carried-card.ts "$out" "$out/attribution.json"
