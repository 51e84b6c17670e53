"""Writes the numbers that test/metrics/clustering.test.ts holds its own against, from scikit-learn and SciPy.

    python -m venv venv && venv/bin/pip install scikit-learn==1.9.1 scipy==1.17.1
    venv/bin/python scripts/golden/clustering.py > test/golden/clustering.json
"""

import json

import numpy as np
from scipy.optimize import linear_sum_assignment
from sklearn.metrics import adjusted_rand_score, completeness_score, homogeneity_score
from sklearn.metrics.cluster import contingency_matrix

random = np.random.default_rng(11)


def case(truth, predicted):
    both = contingency_matrix(truth, predicted)
    rows, columns = both.sum(axis=1), both.sum(axis=0)
    alike = 2 * both / (rows[:, None] + columns[None, :])
    best = lambda worth: worth[linear_sum_assignment(worth, maximize=True)].sum()
    return {
        "truth": truth.tolist(),
        "predicted": predicted.tolist(),
        "bCubed": [(both**2 / columns).sum() / len(truth), (both**2 / rows[:, None]).sum() / len(truth)],
        "ceafE": [best(alike) / len(columns), best(alike) / len(rows)],
        "oneToOne": best(both) / len(truth),
        "ari": adjusted_rand_score(truth, predicted),
        "homogeneity": homogeneity_score(truth, predicted),
        "completeness": completeness_score(truth, predicted),
    }


def noisy(lines, clusters, wrong):
    truth = random.integers(0, clusters, lines)
    moved = random.integers(0, clusters + clusters // 2, lines)
    return case(truth, np.where(random.random(lines) < wrong, moved, truth))


cases = [noisy(12, 4, 0.3), noisy(60, 20, 0.2), noisy(200, 40, 0.5), noisy(300, 60, 1.0)]
print(json.dumps(cases, default=float))
