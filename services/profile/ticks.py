"""What profile does by the clock."""

from datetime import timedelta

from services.profile.assignments import usecases as assignments
from services.profile.behaviour import usecases as behaviour
from services.profile.customers import usecases as customers
from services.profile.duplicates import usecases as duplicates
from services.profile.holdings import TERMS
from services.profile.imports import usecases as imports
from services.profile.orders.gaps import usecases as gaps
from services.profile.privacy import usecases as privacy
from services.profile.products import usecases as products
from services.profile.quality import usecases as quality
from services.profile.segments.evaluations import usecases as segments
from shared import retention
from shared.hands import HANDS
from shared.ticks import every
from shared.web import idempotency

TICKS = {
    "evaluate_segments": every(timedelta(milliseconds=250), segments.evaluate_due, batch=segments.BATCH, hands=HANDS),
    "place_due": every(timedelta(milliseconds=500), assignments.place_due, batch=assignments.BATCH),
    "reassign_absent": every(timedelta(seconds=1), assignments.reassign_absent),
    "publish_activity": every(timedelta(seconds=1), behaviour.publish_activity),
    "release_identified": every(timedelta(minutes=1), behaviour.release_identified),
    "compare_archives": every(timedelta(seconds=2), duplicates.compare),
    "grow_older": every(timedelta(minutes=10), customers.grow_older),
    "purge_imports": every(timedelta(hours=1), imports.purge),
    "erase_due": every(timedelta(seconds=1), privacy.erase_due),
    "watch_erasures": every(timedelta(minutes=10), privacy.watch),
    "delete_old": every(timedelta(hours=1), retention.sweeping(TERMS), batch=retention.AT_ONCE),
    "count_gaps": every(timedelta(seconds=2), gaps.count, batch=gaps.BATCH),
    "check_quality": every(timedelta(hours=6), quality.consider),
    "change_prices": every(timedelta(seconds=5), products.change_prices, batch=500),
    "purge_answers": every(timedelta(hours=1), idempotency.purge),
}
