"""A profile server that dies at the moment of its first commit. `late` answers first and commits afterwards.

`python -m tests.e2e.faults.dying_server [late]`, with the settings of a profile process in the environment.
"""

import os
import signal
import sys
import threading
from typing import Any

import uvicorn
from sqlalchemy.orm import Session

from services.profile.__main__ import SERVICE
from shared.web.exchange import Work

LATER = 0.3


def die(session: Session) -> None:
    """Instead of a commit."""
    os.kill(os.getpid(), signal.SIGKILL)


def answer_first() -> None:
    """The mutant: what ends a request's transaction runs a little after the answer."""
    end = Work.__exit__

    def later(work: Work, *error: Any) -> None:
        threading.Timer(LATER, end, (work, *error)).start()

    Work.__exit__ = later  # type: ignore[method-assign]


def main() -> None:
    """Serve on the port of the settings."""
    runtime = SERVICE.runtime("api")
    app = SERVICE.app(runtime)
    Session.commit = die  # type: ignore[assignment,method-assign]
    if "late" in sys.argv:
        answer_first()
    uvicorn.run(app, host="127.0.0.1", port=runtime.settings.http_port, log_config=None, access_log=False)


if __name__ == "__main__":
    main()
