"""Prints what others compute of the same data, for the tests to hold our statistics against.

Not part of the tests: they read what it printed. To print it again:

    python3 -m venv venv && venv/bin/pip install scipy==1.17.1 statsmodels==0.15.0 scikit-learn==1.9.1
    venv/bin/python shared/domain/tests/statistics/expected.py > shared/domain/tests/statistics/expected.json
"""

import json
import random

import numpy
import scipy
import sklearn
import statsmodels
from scipy.stats import median_abs_deviation
from sklearn.metrics import roc_auc_score
from statsmodels.discrete.discrete_model import Logit
from statsmodels.stats.proportion import (
    confint_proportions_2indep,
    proportion_confint,
    proportions_ztest,
)

SHARES = [(15, 50, 25, 50), (41, 216, 64, 182), (1, 20, 9, 20), (300, 1000, 310, 1000), (3, 7, 0, 9)]
WEEKS = [
    [100, 104, 96, 101, 99, 100],
    [0.31, 0.29, 0.3, 0.35, 0.28, 0.33, 0.1, 0.3],
    [12, 12, 12, 90, 13, 11, 12],
]


def samples(count):
    """Members on a day: days since they were there, a trend, a lost streak, and what became of them."""
    dice = random.Random(7)
    for _ in range(count):
        recency = dice.randrange(30) / 30
        trend = dice.randrange(-14, 15) / 14
        lost = float(dice.random() < 0.3)
        chance = 1 / (1 + numpy.exp(-(-1 + 3 * recency - trend + 0.5 * lost)))
        yield [recency, trend, lost, int(dice.random() < chance)]


def main():
    rows = list(samples(400))
    features = numpy.array([[1, *row[:3]] for row in rows])
    silent = numpy.array([row[3] for row in rows])
    fitted = Logit(silent, features).fit(disp=0, tol=1e-14, maxiter=200)
    z = 1.959963985
    print(json.dumps({
        "by": f"scipy {scipy.__version__}, statsmodels {statsmodels.__version__}, scikit-learn {sklearn.__version__}",
        "shares": [{
            "counts": list(counts),
            "p": proportions_ztest([counts[0], counts[2]], [counts[1], counts[3]])[1],
            "wilson": proportion_confint(counts[0], counts[1], alpha=0.05, method="wilson"),
            "difference": confint_proportions_2indep(
                counts[2], counts[3], counts[0], counts[1], method="newcomb", compare="diff", alpha=0.05),
        } for counts in SHARES],
        "weeks": [{
            "values": values,
            "median": float(numpy.median(values)),
            "deviation": float(median_abs_deviation(values, scale="normal")),
        } for values in WEEKS],
        "logistic": {
            "samples": rows,
            "weights": list(fitted.params),
            "auc": roc_auc_score(silent, fitted.predict(features)),
        },
    }))


main()
