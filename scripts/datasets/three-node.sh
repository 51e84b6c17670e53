#!/usr/bin/env bash
# Collects datasets/three-node anew: six clusters, one after another, about an hour and a quarter. Same commands, other times and uids.
set -euo pipefail
cd "$(dirname "$0")/../.."
out=results/three-node

capture() { # ID KUBERNETES OPTIONS…
  local id=$1 kubernetes=$2
  shift 2
  npm run --silent cluster -- up --name "$id" --kubernetes "$kubernetes" --users 0
  npm run --silent collect -- --capture-only --id "$id" --cluster "$id" --out "$out/captures/$id" "$@"
  npm run --silent cluster -- down --name "$id"
}

capture a1 1.34 --seed 101 --people 3 --actions 640 --mode sequential
capture a2 1.34 --seed 102 --people 4 --actions 640 --mode sequential
capture b1 1.34 --seed 103 --people 4 --actions 1000
capture b2 1.34 --seed 104 --people 6 --actions 1400 --shared --think 900
capture b3 1.34 --seed 105 --people 3 --actions 900
capture c1 1.35 --seed 106 --people 5 --actions 900

npm run --silent dataset -- build "$out" --name three-node \
  --title 'Six captures of people at work on three-node clusters, with the context of every line' \
  --captures "$out"/captures/{a1,a2,b1,b2,b3,c1} \
  --commands 600 600 820 1100 740 780 \
  --folds scripts/datasets/three-node-folds.json
npm run --silent dataset -- verify "$out"
npx tsx scripts/datasets/draw-review.ts "$out" 300 11 >"$out/review.txt" # to be judged into review.tsv
npx tsx scripts/datasets/three-node-card.ts "$out"
