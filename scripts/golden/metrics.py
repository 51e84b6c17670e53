"""Writes the numbers that test/metrics holds its own against, from scikit-learn and SciPy.

    python -m venv venv && venv/bin/pip install scikit-learn==1.9.1 scipy==1.17.1
    venv/bin/python scripts/golden/metrics.py > test/golden/metrics.json
"""

import json

import numpy as np
import scipy
import sklearn
from scipy import stats
from sklearn.metrics import accuracy_score, confusion_matrix, f1_score, precision_recall_fscore_support
from sklearn.utils.class_weight import compute_class_weight

random = np.random.default_rng(7)


def case(truth, predicted):
    classes = np.unique(np.concatenate([truth, predicted]))
    scores = precision_recall_fscore_support(truth, predicted, labels=classes, zero_division=0)
    return {
        "truth": np.asarray(truth).tolist(),
        "predicted": np.asarray(predicted).tolist(),
        "accuracy": accuracy_score(truth, predicted),
        "macroF1": {
            "union": f1_score(truth, predicted, average="macro", zero_division=0),
            "truth": f1_score(truth, predicted, average="macro", labels=np.unique(truth), zero_division=0),
        },
        "classes": [
            {"class": int(name), "precision": p, "recall": r, "f1": f, "support": int(n)}
            for name, p, r, f, n in zip(classes, *scores)
        ],
        "confusion": confusion_matrix(truth, predicted, labels=classes).tolist(),
        "weights": dict(
            zip(
                np.unique(truth).tolist(),
                compute_class_weight("balanced", classes=np.unique(truth), y=np.asarray(truth)).tolist(),
            )
        ),
    }


def noisy(samples, classes, wrong):
    truth = random.integers(0, classes, samples)
    predicted = np.where(random.random(samples) < wrong, random.integers(0, classes + 3, samples), truth)
    return case(truth, predicted)


def mean_interval(values, level, correction=None):
    values = np.asarray(values)
    spread = values.std(ddof=1) * np.sqrt(1 / len(values) + (correction or 0))
    low, high = stats.t.interval(level, len(values) - 1, loc=values.mean(), scale=spread)
    return {"values": values.tolist(), "level": level, "value": values.mean(), "low": low, "high": high}


runs = random.normal(0.9, 0.02, (2, 8)).round(4)
paired = stats.ttest_rel(runs[0], runs[1])
paired_bounds = paired.confidence_interval(0.95)

print(
    json.dumps(
        {
            "versions": {"scikit-learn": sklearn.__version__, "scipy": scipy.__version__},
            "cases": [
                case([1, 1, 2], [1, 2, 3]),
                case([0, 1, 2, 0, 1, 2], [0, 2, 1, 0, 0, 1]),
                case([4, 4, 4], [5, 5, 5]),
                noisy(40, 6, 0.4),
                noisy(200, 30, 0.2),
            ],
            "student": [
                {"probability": p, "freedom": f, "quantile": stats.t.ppf(p, f)}
                for p in (0.6, 0.9, 0.975, 0.995, 0.9995)
                for f in (1, 2, 5, 19, 120, 5000)
            ],
            "mean": [mean_interval(runs[0], 0.95), mean_interval(runs[1, :2], 0.9)],
            "paired": {
                "a": runs[0].tolist(),
                "b": runs[1].tolist(),
                "value": (runs[0] - runs[1]).mean(),
                "low": paired_bounds.low,
                "high": paired_bounds.high,
            },
            "corrected": mean_interval(runs[0], 0.95, correction=0.1 / 0.9) | {"testShare": 0.1 / 0.9},
        },
        indent=1,
    )
)
