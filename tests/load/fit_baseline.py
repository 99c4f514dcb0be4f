"""What we compare fits with: `lifetimes`, as its documentation uses it. Run by the Python of its own environment."""

import json
import statistics
import sys
import time
import warnings

import numpy as np
from lifetimes import BetaGeoFitter, ModifiedBetaGeoFitter

RUNS = 3


def main() -> None:
    """Fit both models once to the rows of a file and predict three times; seconds and the total forecast as JSON."""
    warnings.simplefilter("ignore")
    rows, horizon = np.load(sys.argv[1]), float(sys.argv[2])
    frequency, recency, age = (np.ascontiguousarray(column) for column in rows.T)
    answer = {}
    for name, fitter in (("BG/NBD", BetaGeoFitter), ("MBG/NBD", ModifiedBetaGeoFitter)):
        started = time.process_time()
        model = fitter().fit(frequency, recency, age)
        fit = time.process_time() - started
        predict = model.conditional_expected_number_of_purchases_up_to_time
        times = []
        for _ in range(RUNS):
            started = time.process_time()
            forecast = predict(horizon, frequency, recency, age)
            times.append(time.process_time() - started)
        answer[name] = {"fit": fit, "predict": statistics.median(times), "total": float(np.sum(forecast))}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main()
