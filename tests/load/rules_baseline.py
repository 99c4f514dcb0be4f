"""What we compare rules with: mlxtend's FP-growth, as documented. Run by the Python of its own environment."""

import json
import sys
import time

import pandas as pd  # type: ignore[import-untyped]  # of that environment, as the next
from mlxtend.frequent_patterns import association_rules, fpgrowth  # type: ignore[import-not-found]
from scipy.sparse import load_npz


def main() -> None:
    """Mine a matrix once; processor seconds and how many sets and rules there are as JSON."""
    bought, support, confidence = load_npz(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3])
    frame = pd.DataFrame.sparse.from_spmatrix(bought.astype(bool))
    started = time.process_time()
    sets = fpgrowth(frame, min_support=support, max_len=3)
    rules = association_rules(sets, metric="confidence", min_threshold=confidence)
    seconds = time.process_time() - started
    sys.stdout.write(json.dumps({"seconds": seconds, "sets": len(sets), "rules": len(rules)}))


if __name__ == "__main__":
    main()
