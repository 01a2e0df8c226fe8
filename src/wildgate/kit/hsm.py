"""Keys in a hardware module (PKCS#11): made there, used there, never taken out.

The module is named by a PKCS #11 URI (RFC 7512), setting WILDGATE_PKCS11:
`pkcs11:token=wildgate?module-path=/usr/lib/softhsm/libsofthsm2.so&pin-source=file:/etc/wildgate/pin`.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeVar
from urllib.parse import parse_qsl, unquote

from wildgate.kit.keybook import KeyFault
from wildgate.seal.keys import PublicKey

P256: Final = "secp256r1"
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Place:
    """Which module, which token in it, and the PIN that opens it."""

    module: str
    token: str
    pin: str = field(repr=False)

    @classmethod
    def of(cls, uri: str, pin: str = "") -> Place:
        """Read a PKCS #11 URI; `pin` (setting WILDGATE_PKCS11_PIN) is used when it names no pin-source."""
        scheme, _, rest = uri.partition(":")
        path, _, query = rest.partition("?")
        named = dict(part.split("=", 1) for part in path.split(";") if "=" in part)
        asked = dict(parse_qsl(query))
        if scheme != "pkcs11" or not named.get("token") or not asked.get("module-path"):
            raise KeyFault("WILDGATE_PKCS11 is not understood; write it like "
                           "pkcs11:token=wildgate?module-path=/usr/lib/softhsm/libsofthsm2.so&pin-source=file:/path")
        if source := asked.get("pin-source", "").removeprefix("file:"):
            try:
                pin = Path(source).read_text().strip()
            except OSError as fault:
                raise KeyFault(f"The PIN file {source} of WILDGATE_PKCS11 cannot be read: {fault.strerror}.") from fault
        if not pin:
            raise KeyFault("No PIN is set for the token: give WILDGATE_PKCS11_PIN, or a pin-source in WILDGATE_PKCS11.")
        return cls(asked["module-path"], unquote(named["token"]), pin)


class Hsm:
    """One token, logged in when first needed and again after it was away. Safe between threads and after a fork."""

    def __init__(self, uri: str, pin: str = "") -> None:
        self._uri, self._pin = uri, pin
        self._lock = threading.Lock()
        self._session: Any = None
        self._keys: dict[str, Any] = {}
        self._process = 0
        self._refused: KeyFault | None = None

    def make(self, label: str) -> tuple[str, PublicKey]:
        """Make a P-256 key that cannot leave the token; its name in the token and its public part."""
        name = secrets.token_hex(8)

        def work(session: Any) -> PublicKey:
            from pkcs11 import Attribute, KeyType
            from pkcs11.util.ec import encode_named_curve_parameters
            curve = session.create_domain_parameters(
                KeyType.EC, {Attribute.EC_PARAMS: encode_named_curve_parameters(P256)}, local=True)
            public, _ = curve.generate_keypair(
                id=bytes.fromhex(name), label=label, store=True,
                private_template={Attribute.SENSITIVE: True, Attribute.EXTRACTABLE: False})
            point = bytes(public[Attribute.EC_POINT])[-65:]
            return PublicKey.from_cose({1: 2, -1: 1, -2: point[1:33], -3: point[33:]})
        return name, self._do(work)

    def signer(self, name: str) -> Callable[[bytes], bytes]:
        """Sign with the key called `name`: data in, the 64 bytes of an ES256 signature out."""
        def sign(data: bytes) -> bytes:
            digest = hashlib.sha256(data).digest()

            def work(session: Any) -> bytes:
                from pkcs11 import Mechanism
                return bytes(self._key(session, name).sign(digest, mechanism=Mechanism.ECDSA))
            return self._do(work)
        return sign

    def answer(self) -> None:
        """Log in; raises KeyFault when the token does not take us in."""
        self._do(lambda session: None)

    def check(self, name: str) -> None:
        """Find the key; raises KeyFault when the token does not have it."""
        self._do(lambda session: self._key(session, name))

    def _key(self, session: Any, name: str) -> Any:
        if name not in self._keys:
            from pkcs11 import ObjectClass
            self._keys[name] = session.get_key(object_class=ObjectClass.PRIVATE_KEY, id=bytes.fromhex(name))
        return self._keys[name]

    def _do(self, work: Callable[[Any], T]) -> T:
        """Do it in the token. A token that was away or a forked process costs one new log-in, then it is a fault."""
        with self._lock:
            fresh = self._session is None or self._process != os.getpid()
            session = self._open() if fresh else self._session
            try:
                return work(session)
            except _errors() as fault:
                if fresh:
                    raise self._fault(fault) from fault
            try:
                return work(self._open())
            except _errors() as fault:
                raise self._fault(fault) from fault

    def _open(self) -> Any:
        """Log in. A wrong PIN is never tried twice: a token locks itself after a few."""
        if self._refused:
            raise self._refused
        self._session, self._keys = None, {}
        errors = _errors()
        import pkcs11
        place = Place.of(self._uri, self._pin)
        try:
            module = pkcs11.lib(place.module)
            with suppress(*errors):
                module.reinitialize()
        except errors as fault:
            raise KeyFault(f"The PKCS#11 module {place.module} cannot be loaded: install it, or correct "
                           "WILDGATE_PKCS11.") from fault
        try:
            self._session = module.get_token(token_label=place.token).open(user_pin=place.pin, rw=True)
        except (pkcs11.PinIncorrect, pkcs11.PinInvalid, pkcs11.PinLenRange, pkcs11.PinLocked) as fault:
            self._refused = KeyFault(
                f"The token {place.token} {'is locked' if isinstance(fault, pkcs11.PinLocked) else 'refused the PIN'}: "
                "correct WILDGATE_PKCS11_PIN or the pin-source and start again. It is not tried a second time.")
            raise self._refused from fault
        except errors as fault:
            raise self._fault(fault) from fault
        self._process = os.getpid()
        return self._session

    def _fault(self, fault: Exception) -> KeyFault:
        import pkcs11
        self._session = None
        token = Place.of(self._uri, self._pin).token
        if isinstance(fault, pkcs11.NoSuchToken):
            return KeyFault(f"There is no token called {token} in the PKCS#11 module: plug it in, or correct "
                            "WILDGATE_PKCS11.")
        if isinstance(fault, pkcs11.NoSuchKey):
            return KeyFault(f"The token {token} does not hold the key: it is another token, or it was emptied.")
        return KeyFault(f"The token {token} does not answer ({type(fault).__name__}): check that it is plugged in and "
                        "its software runs.")


def _errors() -> tuple[type[Exception], ...]:
    try:
        from pkcs11 import PKCS11Error
    except ImportError as fault:
        raise KeyFault("Keys in hardware need one more package: pip install 'wildgate[pkcs11]'.") from fault
    return (PKCS11Error,)
