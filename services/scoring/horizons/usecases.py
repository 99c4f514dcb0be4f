"""The rule of H in force."""

from sqlalchemy.orm import Session

from services.scoring.horizons.rules import Horizons
from services.scoring.horizons.schemas import HorizonsScheme
from services.scoring.schemes import usecases as schemes


def in_force(session: Session, measured: float) -> Horizons:
    """What the scheme of dimensions says, over what was measured."""
    scheme = schemes.current(session, "dimensions")
    content = scheme.content if scheme else {}
    own = {name: content[name] for name in HorizonsScheme.model_fields if name in content}
    return Horizons.of(HorizonsScheme.model_validate(own), measured)
