#!/usr/bin/env bash
# Collects datasets/automated anew: two clusters whose audit policies mix levels, one after another, a quarter of an hour. Other times and uids.
set -euo pipefail
cd "$(dirname "$0")/../.."
out=results/automated

capture() { # ID POLICY SEED MINUTES
  npm run --silent cluster -- up --name "$1" --users 0 --causes \
    --audit-policy "scripts/cluster/manifests/audit-policy-$2.yaml"
  npx tsx scripts/datasets/automated-capture.ts --cluster "$1" --id "$1" --seed "$3" --minutes "$4" --out "$out/captures/$1"
  npm run --silent cluster -- down --name "$1"
}

capture m1 gke 301 5
capture m2 docs 302 3

npm run --silent dataset -- build "$out" --name automated \
  --title 'Clusters where machines type, with policies that mix levels' \
  --captures "$out"/captures/{m1,m2} --folds scripts/datasets/automated-folds.json
npm run --silent dataset -- verify "$out"
npx tsx scripts/propagated-scores.ts "$out" >"$out/attribution.json"
npx tsx scripts/datasets/carried-card.ts "$out" "$out/attribution.json"
