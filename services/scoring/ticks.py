"""What scoring does by the clock."""

from datetime import timedelta

from services.scoring.assessments import usecases as assessments
from services.scoring.baskets import usecases as baskets
from services.scoring.challengers.training import usecases as training
from services.scoring.holdings import TERMS
from services.scoring.recommendations.quality import usecases as recommendation_quality
from services.scoring.reviews import usecases as reviews
from shared import retention
from shared.hands import HANDS
from shared.ticks import every
from shared.web import idempotency

TICKS = {
    "assess_due": every(timedelta(milliseconds=250), assessments.assess_due, batch=assessments.BATCH, hands=HANDS),
    "consider_review": every(timedelta(seconds=20), reviews.consider),
    "consider_mining": every(timedelta(minutes=10), baskets.consider),
    "consider_measuring": every(timedelta(minutes=10), recommendation_quality.consider),
    "consider_training": every(timedelta(days=1), training.consider),
    "delete_old": every(timedelta(hours=1), retention.sweeping(TERMS), batch=retention.AT_ONCE),
    "purge_answers": every(timedelta(hours=1), idempotency.purge),
}
