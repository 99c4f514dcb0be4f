"""`python -m services.scoring api | worker | migrate | …`"""

from services.scoring.app import create_app
from services.scoring.base import Base
from services.scoring.baskets.usecases import MINE, mine
from services.scoring.challengers.training.usecases import TRAIN, train
from services.scoring.publishing.clusterings.usecases import FIT
from services.scoring.publishing.clusterings.usecases import fit as fit_clusters
from services.scoring.publishing.previews.usecases import PREVIEW, preview
from services.scoring.publishing.usecases import PUBLISH, publish
from services.scoring.recommendations.quality.usecases import MEASURE, measure
from services.scoring.republish import REPUBLISH
from services.scoring.reviews.usecases import REVIEW, review
from services.scoring.seeding import seed
from services.scoring.statistics.api import REBUILD
from services.scoring.statistics.usecases import rebuild as rebuild_statistics
from services.scoring.targets.usecases import TREE
from services.scoring.targets.usecases import grow as grow_tree
from services.scoring.ticks import TICKS
from services.scoring.worker import HANDLERS
from shared.cli import Service, run

SERVICE = Service(
    name="scoring",
    metadata=Base.metadata,
    app=create_app,
    handlers=HANDLERS,
    ticks=TICKS,
    jobs={
        REBUILD: rebuild_statistics,
        REVIEW: review,
        PREVIEW: preview,
        PUBLISH: publish,
        FIT: fit_clusters,
        MINE: mine,
        MEASURE: measure,
        TRAIN: train,
        TREE: grow_tree,
    },
    republish=REPUBLISH,
    seed=seed,
)

if __name__ == "__main__":
    run(SERVICE)
