"""How good the scores are, drawn from a public order log with the estimators alone: no service, no database.

Every `# %%` begins a cell for editors that know them; `python -m docs.estimators` runs all and writes docs/pictures.
It needs one package more than the suite: `.venv/bin/python -m uv pip install --group docs`.
"""

# %% The log: CDNOW, customers who bought their first CD online in the first quarter of 1997
from datetime import date
from pathlib import Path

import matplotlib as mpl  # type: ignore[import-not-found]  # in no lock
import numpy as np
from matplotlib import pyplot as plt

from deploy.local.orderlog import cdnow
from deploy.local.orderlog.packages import file_of
from services.scoring.estimators.btyd import BetaGeoNBD
from services.scoring.estimators.held_out import held_out
from services.scoring.estimators.histories import Floats
from services.scoring.estimators.orderlogs import OrderLog, purchases_after, summarise

FIRST_DAY, WEEK = date(1997, 1, 1), 7.0
PICTURES = Path("docs/pictures")
INK, MODEL, FAINT = "#222222", "#c2410c", "#9ca3af"
mpl.rcParams.update(
    {
        "figure.dpi": 105,
        "font.size": 10,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.edgecolor": FAINT,
        "axes.titleweight": "bold",
        "axes.titlelocation": "left",
    }
)


def weeks(day: date) -> float:
    """Weeks since the first day of the log."""
    return (day - FIRST_DAY).days / WEEK


def order_log() -> OrderLog:
    """All orders of 23,570 customers; time in weeks."""
    rows = [line.split() for line in file_of(cdnow.PACKAGE, cdnow.PATH, cdnow.SHA256).read_text().splitlines()]
    orders = [(row[0], weeks(date.fromisoformat(row[1])), float(row[3])) for row in rows if row[0].isdigit()]
    customer, time, amount = zip(*orders, strict=True)
    return OrderLog(np.array(customer), np.array(time), np.array(amount))


LOG = order_log().purchases()

# %% Tracking: learn from 39 weeks, then tell how many repeat purchases there will be by every week of a year and a half
LEARNED, LAST = weeks(date(1997, 9, 30)), 78.0
known = summarise(LOG, LEARNED)
models = {"MBG/NBD (default)": BetaGeoNBD(modified=True), "BG/NBD": BetaGeoNBD(modified=False)}
week = np.arange(1.0, LAST + 1.0)
born, customers = np.unique(LEARNED - known.history[:, 2], return_counts=True)
repeats = np.sort(LOG.time[1:][LOG.customer[1:] == LOG.customer[:-1]])
actual = np.searchsorted(repeats, week + 1e-9, side="right")


def tracked(model: BetaGeoNBD) -> Floats:
    """Repeat purchases of all customers that the model expects by the end of each week."""
    age = week[:, None] - born
    expected = np.zeros(age.shape)
    expected[age > 0] = model.expected_purchases_of_newcomer(age[age > 0])
    return np.asarray(expected @ customers)


# %% Draw it
figure, axes = plt.subplots(figsize=(7.2, 4.0))
axes.plot(week, actual / 1e3, color=INK, linewidth=2.2, label="actual")
for (name, model), style in zip(models.items(), ("-", "--"), strict=True):
    told = tracked(model.fit(known.history))
    missed = told[-1] / actual[-1] - 1.0
    label = f"{name}: {missed:+.0%} at week 78"
    axes.plot(week, told / 1e3, color=MODEL, linestyle=style, linewidth=1.6, label=label)
axes.axvline(LEARNED, color=FAINT, linewidth=1.0)
axes.text(LEARNED - 1.0, 1.5, "learned from", ha="right", color=INK)
axes.text(LEARNED + 1.0, 1.5, "not seen", ha="left", color=INK)
axes.set(xlim=(0, LAST), ylim=(0, None), xlabel="week", ylabel="repeat purchases, thousands")
axes.set_title("Repeat purchases so far: told and true")
axes.legend(frameon=False, loc="upper left", fontsize=9)
figure.tight_layout()
PICTURES.mkdir(exist_ok=True)
figure.savefig(PICTURES / "tracking.png")

# %% Calibration: learn to the end of March 1998, then see who bought nothing in the 13 weeks that follow
CUTOFF, HORIZON, BINS = weeks(date(1998, 3, 31)), 13.0, 10
then = summarise(LOG, CUTOFF)
risk = BetaGeoNBD().fit(then.history).probability_no_purchase(then.history, HORIZON)
silent = purchases_after(LOG, then, CUTOFF, CUTOFF + HORIZON)[0] == 0
score = held_out(silent, risk)
place = np.minimum((risk * BINS).astype(int), BINS - 1)
size = np.bincount(place, minlength=BINS)
filled = size > 0
predicted, happened = (np.bincount(place, side, BINS)[filled] / size[filled] for side in (risk, silent))
spread = 1.96 * np.sqrt(happened * (1.0 - happened) / size[filled])

# %% Draw it
figure, axes = plt.subplots(figsize=(5.4, 5.0))
axes.plot([0, 1], [0, 1], color=FAINT, linewidth=1.0)
axes.errorbar(predicted, happened, spread, fmt="none", ecolor=MODEL, elinewidth=1.2)
axes.scatter(predicted, happened, s=12 + size[filled] / 60.0, color=MODEL, alpha=0.85, linewidths=0)
for x, y, number in zip(predicted, happened, size[filled], strict=True):
    axes.annotate(f"{number:,}", (x, y), xytext=(12, -13), textcoords="offset points", fontsize=8, color=INK)
figures = f"AUC {score.auc:.3f}\nBrier score {score.brier:.3f}\ncalibration error {score.ece:.3f}"
axes.text(0.03, 0.97, figures, transform=axes.transAxes, va="top", color=INK)
axes.set(xlim=(0, 1.12), ylim=(0, 1.04), aspect="equal")
axes.set(xlabel="told chance of no purchase in 13 weeks", ylabel="share that bought nothing")
axes.set_title("Churn risk: told and true")
figure.tight_layout()
figure.savefig(PICTURES / "calibration.png")
