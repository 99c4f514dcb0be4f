"""How long a silence must be to mean something: the horizon H over which churn is judged."""

import numpy as np

from services.scoring.estimators.histories import Floats

USUAL = 0.9  # of all repeat purchases come within this gap or sooner
WEEK, SHORTEST, LONGEST = 7.0, 14.0, 180.0  # days


def horizon_of(gaps: Floats) -> float | None:
    """Days by which nine of ten who buy again have done so, in whole weeks from 14 to 180 days; None without gaps."""
    if len(gaps) == 0:
        return None
    weeks = np.ceil(np.quantile(gaps, USUAL) / WEEK - 1e-9)
    return float(np.clip(weeks * WEEK, SHORTEST, LONGEST))
