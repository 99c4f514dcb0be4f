"""Names of clusters as codes of what sets them apart, which stay when the clusters are found again."""

from collections.abc import Mapping, Sequence

import numpy as np

from services.scoring.estimators.catalogue import Bools
from services.scoring.estimators.clusters import CustomerClusters, matched
from services.scoring.estimators.histories import Ints

Words = Mapping[str, tuple[str, str]]

TYPICAL, WORDS = "typical", 2
NOTABLE = 0.5  # standard deviations from the mean of all from which a feature is worth a word
# What it is called to have little and much of a feature.
USUAL: Words = {
    "frequency": ("rare", "frequent"),
    "order_value": ("small_basket", "big_basket"),
    "recency": ("recent", "silent"),
    "age": ("young", "long_known"),
    "spend": ("low_spend", "high_spend"),
    "discount_share": ("full_price", "bargain"),
    "breadth": ("single_minded", "versatile"),
}


def names(
    model: CustomerClusters,
    fields: Sequence[str],
    words: Words = USUAL,
    previous: tuple[CustomerClusters, Sequence[str]] | None = None,
) -> list[str]:
    """One name per cluster, all different, such as "frequent_big_basket".

    Of the features with `words` two are named, by the side of the mean of all on which the cluster lies: first those
    in which it ranks highest or lowest, then those furthest from that mean. A cluster that continues one of the
    `previous` run keeps its name.
    """
    kept = _kept(model, previous) if previous else {}
    told = [at for at, field in enumerate(fields) if field in words]
    centres = model.cluster_centers_[:, told]
    extreme = (centres == centres.max(axis=0)) | (centres == centres.min(axis=0))
    taken, answer = set(kept.values()), []
    for number, centre in enumerate(centres):
        said = [words[fields[at]][int(value > 0)] for at, value in zip(told, centre, strict=True)]
        order = np.lexsort((-np.abs(centre), ~extreme[number]))
        answer.append(kept.get(number) or _free(said, order, np.abs(centre) >= NOTABLE, taken))
        taken.add(answer[-1])
    return answer


def _kept(model: CustomerClusters, previous: tuple[CustomerClusters, Sequence[str]]) -> dict[int, str]:
    """Names that go on. Both runs are compared as the previous one prepared its features."""
    before, called = previous
    here = before.preparation_.transform(model.centres())
    return {new: called[old] for new, old in matched(here, before.cluster_centers_).items()}


def _free(said: Sequence[str], order: Ints, notable: Bools, taken: set[str]) -> str:
    """The shortest name that nobody has: with two words, with more, at last with a number."""
    tried = [_joined(said, order[notable[order]][:WORDS])]
    tried += [_joined(said, order[:size]) for size in range(WORDS + 1, len(order) + 1)]
    tried += [f"{tried[0]}_{number}" for number in range(2, len(taken) + 3)]
    return next(name for name in tried if name not in taken)


def _joined(said: Sequence[str], chosen: Ints) -> str:
    return "_".join(said[at] for at in np.sort(chosen)) or TYPICAL
