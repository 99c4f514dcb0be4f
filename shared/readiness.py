"""Whether a process may get work: its database answers and has the schema that the code is written for."""

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from shared import schema
from shared.runtime import Runtime
from shared.telemetry import log

ANSWERS = text("SELECT 1")


class Readiness:
    """Asks the database each time, and for its schema until it is the right one.

    A newer schema that comes later is no hindrance: a migration leaves the code before it working.
    """

    def __init__(self, runtime: Runtime) -> None:
        self._database = runtime.database
        self._needed = schema.needed(runtime.service)
        self._fits = False

    def hindrance(self) -> str | None:
        """Why no work may come yet, as a sentence; None when it may."""
        reason = self._reason()
        if reason is not None:
            log.warning("not ready", reason=reason)
        return reason

    def _reason(self) -> str | None:
        try:
            with self._database.reading() as session:
                if self._fits:
                    session.execute(ANSWERS)
                    return None
                present = schema.present(session)
        except SQLAlchemyError as error:
            return f"The database does not answer ({type(error).__name__})."
        self._fits = present == self._needed
        if self._fits:
            return None
        return f"The database has schema {present or 'none'}, this version needs {self._needed}: run `migrate`."
