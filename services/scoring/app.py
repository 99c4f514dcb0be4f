"""The HTTP application of scoring: which routers it has."""

from fastapi import FastAPI

from services.scoring.assessments.api import router as assessments
from services.scoring.baskets.api import router as baskets
from services.scoring.challengers.explanations.api import router as explanations
from services.scoring.challengers.propensity.api import router as propensity
from services.scoring.challengers.training.api import router as training
from services.scoring.churn.api import router as churn
from services.scoring.clusters.api import router as clusters
from services.scoring.criteria.api import router as criteria
from services.scoring.dimensions.api import router as dimensions
from services.scoring.groupings.api import router as groupings
from services.scoring.holdings import HOLDINGS
from services.scoring.levels.api import router as levels
from services.scoring.lifecycle.api import router as lifecycle
from services.scoring.models.api import router as models
from services.scoring.publishing.api import router as publishing
from services.scoring.publishing.clusterings.api import router as clusterings
from services.scoring.publishing.drafts.api import router as drafts
from services.scoring.recommendations.api import internal as recommended
from services.scoring.recommendations.api import router as recommendations
from services.scoring.recommendations.quality.api import router as recommendation_quality
from services.scoring.rfm.api import router as rfm
from services.scoring.schemes.api import router as schemes
from services.scoring.statistics.api import router as statistics
from services.scoring.strategies.api import router as strategies
from services.scoring.strategies.effects.api import router as effects
from services.scoring.targets.api import router as targets
from services.scoring.tiers.api import router as tiers
from services.scoring.values.api import router as values
from services.scoring.warnings.api import router as warnings
from shared import linking
from shared.runtime import Runtime
from shared.web import erasures, exports, jobs, retention
from shared.web.app import create_app as assembled

ROUTERS = [
    *(statistics, rfm, values, dimensions, criteria, lifecycle, levels, churn, models),
    assessments,
    *(baskets, recommendations, recommended, recommendation_quality),
    *(training, explanations, propensity, targets),
    *(clusters, clusterings),
    *(tiers, warnings, strategies, effects, schemes, drafts, publishing, groupings),
    exports.router(HOLDINGS, linking.person),
    erasures.router,
    retention.router,
    jobs.router("scoring"),
]


def create_app(runtime: Runtime) -> FastAPI:
    """Scoring's application."""
    return assembled(runtime, title="Guanxi scoring", routers=ROUTERS)
