"""The job that finds clusters among all buyers and assesses everybody by them."""

from datetime import datetime
from typing import Any

import numpy as np
from sqlalchemy.orm import Session

from services.scoring.assessments import usecases as assessments
from services.scoring.clusters import usecases as clusters
from services.scoring.clusters.fields import NAMES, table
from services.scoring.clusters.schemas import NewClustering
from services.scoring.estimators.histories import Floats
from services.scoring.evidence import usecases as evidences
from services.scoring.models import usecases as models
from services.scoring.models.tables import Model
from services.scoring.rfm import usecases as rfm
from services.scoring.statistics import repository as statistics
from shared import jobs
from shared.jobs import Job, JobRun
from shared.runtime import Runtime

FIT = "clusters.fit"
READ_AT_ONCE = 5_000


def start(session: Session, service: str, wanted: NewClustering, now: datetime) -> Job:
    """Queue a clustering. Raises Invalid below 50 buyers, Conflict `job_running` while another one is not finished."""
    clusters.require_buyers(rfm.base(session))
    return jobs.get(session, jobs.start(session, service, FIT, wanted.model_dump(mode="json"), now))


def fit(runtime: Runtime, job: JobRun) -> dict[str, Any]:
    """Find clusters, put them in force and assess everybody by them. Run again, it goes on with those it found."""
    with runtime.database.reading() as session:
        model, done = clusters.found_for(session, job.id), statistics.people(session)
    if model is None:
        rows, done = _read(runtime, job)
        model = _found(runtime, job, rows)
    told = assessments.rescore(runtime, job, done_before=done)
    return {"clustering_id": str(model.model_id), "k": model.card["k"], "silhouette": model.card["silhouette"], **told}


def _found(runtime: Runtime, job: JobRun, rows: Floats) -> Model:
    with runtime.database.reading() as session:
        before = clusters.in_force(session)
    found = clusters.find(rows, NewClustering.model_validate(job.args), before)
    with runtime.database.transaction() as session:
        return clusters.put_in_force(session, found, job.id, runtime.now())


def _read(runtime: Runtime, job: JobRun) -> tuple[Floats, int]:
    """All fields of all buyers, and how many customers were read for it."""
    parts, done, after = [np.empty((0, len(NAMES)))], 0, None
    with runtime.database.reading() as session:
        total, horizons = statistics.people(session), models.with_horizons(session)[1]
    while True:
        with runtime.database.reading() as session:
            people = statistics.people_after(session, after, READ_AT_ONCE)
            parts.append(table(evidences.of(session, people, horizons, runtime.settings.zone, runtime.now())))
        if not people:
            return np.concatenate(parts), done
        done, after = done + len(people), people[-1]
        job.progress(done, 2 * total)
