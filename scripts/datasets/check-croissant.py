"""Checks a dataset's croissant.json with mlcroissant: that it is valid, that hashes hold, and that every record set can be read.

    python3 -m venv .venv && .venv/bin/pip install mlcroissant==1.1.1
    .venv/bin/python scripts/datasets/check-croissant.py datasets/three-node datasets/first-light
"""

import itertools
import sys

import mlcroissant

for folder in sys.argv[1:]:
    dataset = mlcroissant.Dataset(jsonld=f"{folder}/croissant.json")
    issues = dataset.metadata.ctx.issues
    # The datasets are not published yet: a date of publication is the one thing that is recommended and not there.
    others = [text for text in issues.warnings if "datePublished" not in text]
    if issues.errors or others:
        sys.exit(f"{folder}: {issues.report()}")
    for record_set in dataset.metadata.record_sets:
        rows = list(itertools.islice(dataset.records(record_set.uuid), 3))
        if len(rows) < 3:
            sys.exit(f"{folder}: expected records of {record_set.uuid}, got {len(rows)}.")
        print(f"{folder}: {record_set.uuid}: {len(record_set.fields)} fields, first {rows[0]}")
    print(f"{folder}: valid")
