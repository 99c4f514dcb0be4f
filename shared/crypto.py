"""Personal data at rest: `Secret` columns, the key ring outside the database, and the blind index for lookups."""

import hashlib
import hmac
import os
from base64 import b64decode
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import Column, LargeBinary, TypeDecorator
from sqlalchemy.engine import Dialect

from shared.settings import Settings

NONCE = 12


@dataclass(frozen=True)
class KeyRing:
    """Keys by name, and which one encrypts. All of them decrypt, so a rotation needs no pause."""

    current: str
    keys: dict[str, AESGCM]

    @classmethod
    def load(cls, path: Path) -> "KeyRing":
        """From JSON `{"current": "k1", "keys": {"k1": "<base64, 32 bytes>"}}`."""
        document = orjson.loads(path.read_bytes())
        return cls(document["current"], {name: AESGCM(b64decode(key)) for name, key in document["keys"].items()})

    def encrypt(self, plain: str, bound_to: str) -> bytes:
        """`<length of key name><key name><nonce><ciphertext>`, readable only in the column it was made for."""
        nonce = os.urandom(NONCE)
        name = self.current.encode()
        sealed = self.keys[self.current].encrypt(nonce, plain.encode(), bound_to.encode())
        return bytes([len(name)]) + name + nonce + sealed

    def decrypt(self, stored: bytes, bound_to: str) -> str:
        """The plain text; raises ValueError when it was changed, moved or its key is gone."""
        name, rest = stored[1 : 1 + stored[0]].decode(), stored[1 + stored[0] :]
        if name not in self.keys:
            raise ValueError(f"key {name!r} is not in the key ring")
        try:
            return self.keys[name].decrypt(rest[:NONCE], rest[NONCE:], bound_to.encode()).decode()
        except InvalidTag:
            raise ValueError(f"a value of {bound_to} was not written there") from None

    def is_current(self, stored: bytes) -> bool:
        """Whether the value is already under the newest key."""
        return stored[1 : 1 + stored[0]].decode() == self.current


class _Keys:
    """What `configure` set for this process."""

    ring: KeyRing | None = None
    lookup: bytes | None = None


def configure(settings: Settings) -> None:
    """Read the key files once, at the start of a process."""
    if settings.keyring_file is None or settings.lookup_key_file is None:
        raise LookupError("GUANXI_KEYRING_FILE and GUANXI_LOOKUP_KEY_FILE must be set")
    _Keys.ring = KeyRing.load(settings.keyring_file)
    _Keys.lookup = b64decode(settings.lookup_key_file.read_text())


def ring() -> KeyRing:
    """This process's key ring."""
    if _Keys.ring is None:
        raise LookupError("no key ring: call crypto.configure first")
    return _Keys.ring


def blind_index(kind: str, normalised: str) -> bytes:
    """A keyed hash by which a value is found without being stored in clear. Normalise first."""
    if _Keys.lookup is None:
        raise LookupError("no lookup key: call crypto.configure first")
    return hmac.digest(_Keys.lookup, f"{kind}\x1f{normalised}".encode(), hashlib.sha256)


def derived_key(purpose: str) -> bytes:
    """32 bytes for one purpose, derived from the deployment's look-up key: from one nobody can tell another."""
    if _Keys.lookup is None:
        raise LookupError("no lookup key: call crypto.configure first")
    return HKDF(SHA256(), length=32, salt=None, info=purpose.encode()).derive(_Keys.lookup)


class Secret(TypeDecorator[str]):
    """Text at rest under AES-256-GCM, bound to its table and column: elsewhere it does not open."""

    impl = LargeBinary
    cache_ok = True

    column: Column[Any]

    def _set_parent(self, parent: Any, outer: bool = False, **kw: Any) -> None:
        """SQLAlchemy tells a type its column; the column learns its table later."""
        self.column = parent
        super()._set_parent(parent, outer=outer, **kw)

    def _bound_to(self) -> str:
        return f"{self.column.table.name}|{self.column.name}"

    def process_bind_param(self, value: Any, dialect: Dialect) -> bytes | None:
        """Encrypt."""
        return None if value is None else ring().encrypt(str(value), self._bound_to())

    def process_result_value(self, value: Any, dialect: Dialect) -> str | None:
        """Decrypt."""
        return None if value is None else ring().decrypt(bytes(value), self._bound_to())


class SecretJson(Secret):
    """A JSON object at rest like a `Secret`; an empty one is stored as null."""

    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> bytes | None:
        """Encrypt."""
        return super().process_bind_param(orjson.dumps(value).decode() if value else None, dialect)

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        """Decrypt."""
        plain = super().process_result_value(value, dialect)
        return {} if plain is None else orjson.loads(plain)
