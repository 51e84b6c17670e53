"""Writes the numbers that test/metrics holds its own against, from scikit-learn and SciPy.

    python -m venv venv && venv/bin/pip install scikit-learn==1.9.1 scipy==1.17.1
    venv/bin/python scripts/golden/metrics.py > test/golden/metrics.json
"""

import itertools
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

# Numbers drawn from here on leave those above as they are.
later = np.random.default_rng(11)


def paired_test(a, b, test_share):
    """Student's test by SciPy; the corrected one as in scikit-learn's “Statistical comparison of models using grid search”."""
    plain = stats.ttest_rel(a, b)
    differences = np.asarray(a) - np.asarray(b)
    n = len(differences)
    t = differences.mean() / np.sqrt(np.var(differences, ddof=1) * (1 / n + test_share))
    return {
        "a": list(a),
        "b": list(b),
        "deviation": np.std(differences, ddof=1),
        "t": plain.statistic,
        "p": plain.pvalue,
        "testShare": test_share,
        "corrected": {"t": t, "p": 2 * stats.t.sf(abs(t), n - 1)},
    }


def superiority(a, b):
    u = stats.mannwhitneyu(a, b).statistic
    wins = np.sign(np.asarray(a) - np.asarray(b)) / 2 + 0.5
    return {"a": list(a), "b": list(b), "unpaired": u / (len(a) * len(b)), "paired": wins.mean()}


def wilson(hits, n, level):
    bounds = stats.binomtest(hits, n).proportion_ci(level, method="wilson")
    return {"hits": hits, "n": n, "level": level, "low": bounds.low, "high": bounds.high}


def ideal_bootstrap(values, level):
    """Percentiles over all n^n draws, each as likely as any other, instead of some of them."""
    means = np.asarray(list(itertools.product(values, repeat=len(values)))).mean(axis=1)
    low, high = np.quantile(means, [0.5 - level / 2, 0.5 + level / 2])
    return {"values": list(values), "level": level, "value": np.mean(values), "low": low, "high": high}


def scores(n, centre=0.9):
    return later.normal(centre, 0.02, n).round(3).tolist()


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
            "normal": [{"probability": p, "quantile": stats.norm.ppf(p)} for p in (0.025, 0.6, 0.975, 0.9999)],
            "tests": [
                paired_test(scores(n), scores(n, centre), share)
                for n, centre, share in ((2, 0.9, 1 / 9), (5, 0.88, 1 / 9), (20, 0.8, 0.3 / 0.7))
            ],
            "superiority": [superiority(scores(n), scores(n, 0.89)) for n in (3, 5, 20)]
            + [superiority([0.9, 0.9, 0.8], [0.9, 0.8, 0.9])],
            "wilson": [wilson(k, n, level) for k, n, level in ((100, 100, 0.95), (0, 7, 0.95), (3, 10, 0.9))],
            "bootstrap": [ideal_bootstrap(scores(5), 0.95), ideal_bootstrap(scores(6), 0.8)],
        },
        indent=1,
    )
)
