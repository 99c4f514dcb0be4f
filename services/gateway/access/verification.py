"""From the text of a credential to whom it stands for; keys are remembered for a few seconds."""

import asyncio
import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.gateway.access import members, repository, rules
from services.gateway.access.rules import Credential, KeyText
from shared.auth.caller import Caller
from shared.errors import Unauthenticated
from shared.runtime import Runtime

REMEMBERED = timedelta(seconds=5)
ROOM = 10_000


@dataclass(frozen=True, slots=True)
class Known:
    """What a look-up found, and when."""

    credential: Credential | None
    looked_up_at: datetime


class Verifier:
    """Checks keys. A change made in this process counts at once (`forget`), one made elsewhere within five seconds."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._known: dict[bytes, Known] = {}
        self._asking: dict[bytes, asyncio.Task[Known]] = {}
        self._generation = 0

    async def verify(self, text: str) -> Caller:
        """Whom a key or member token speaks for.

        Raises Unauthenticated: one code for what does not open, another for what ended.
        """
        now = self._runtime.now()
        if not text.startswith(KeyText.PREFIX):
            return members.caller_of(text, now)
        fingerprint = hashlib.sha256(text.encode()).digest()
        known = self._known.get(fingerprint)
        if known is None or now - known.looked_up_at >= REMEMBERED:
            known = await self._ask_once(fingerprint, text)
        if known.credential is None:
            raise Unauthenticated("This key is not known, or its secret is wrong.")
        if known.credential.expires_at is not None and known.credential.expires_at <= now:
            raise Unauthenticated("This key has expired; use its new secret or a new key.", code="credential_expired")
        return known.credential.caller

    def forget(self) -> None:
        """Look every key up again; what is being looked up at this moment is not remembered."""
        self._generation += 1
        self._known.clear()

    async def _ask_once(self, fingerprint: bytes, text: str) -> Known:
        """Many requests with one key wait for one look-up."""
        task = self._asking.get(fingerprint)
        if task is None:
            task = asyncio.create_task(self._ask(fingerprint, text))
            self._asking[fingerprint] = task
            task.add_done_callback(lambda _: self._asking.pop(fingerprint))
        return await asyncio.shield(task)

    async def _ask(self, fingerprint: bytes, text: str) -> Known:
        generation = self._generation
        known = await asyncio.to_thread(self._look_up, text)
        if len(self._known) >= ROOM:
            self._known.clear()
        if generation == self._generation:
            self._known[fingerprint] = known
        return known

    def _look_up(self, text: str) -> Known:
        now = self._runtime.now()
        parsed = KeyText.parse(text)
        return Known(None if parsed is None else self._credential(parsed), now)

    def _credential(self, parsed: KeyText) -> Credential | None:
        with self._runtime.database.reading() as session:
            key = repository.get(session, parsed.id)
            if key is None or key.revoked_at is not None:
                return None
            stored = repository.secrets_of(session, [key.id])
            fitting = next((secret for secret in stored if rules.opens(parsed.secret, secret.hash)), None)
            if fitting is None:
                return None
            end = rules.earlier(key.expires_at, fitting.expires_at)
            return Credential(rules.caller_of(key.id, key.scopes, key.manager_id), end)
