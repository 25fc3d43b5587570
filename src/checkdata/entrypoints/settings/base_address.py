"""The address at which users reach the service."""

import re
from typing import Final

from attrs import frozen

from checkdata.domain.errors import InvalidValue
from checkdata.entrypoints.settings.formats import address_parts

LOOPBACK: Final = ("127.0.0.1", "localhost")
"""The hosts at which plain http, and a mail server without TLS, can't be overheard (security.md 16)."""

_DEFAULT_PORTS: Final = {"http": 80, "https": 443}
_PATH: Final = re.compile(r"(?:/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*")


@frozen
class BaseAddress:
    """A scheme, a host (of IPv6 in brackets), a port, None where it was not given, and the path below which all is.

    Plain http only on loopback (security.md 10).
    """

    scheme: str
    host: str
    port: int | None
    path: str = ""
    """Without a slash at its end, so "" where the service has the whole host."""

    @classmethod
    def of(cls, value: str) -> "BaseAddress":
        """The address in *value*; `InvalidValue` if it has more parts, or could be overheard."""
        parts = address_parts(value)
        path = parts.path.rstrip("/")
        beyond_path = parts.query or parts.fragment or parts.username or parts.password or not _PATH.fullmatch(path)
        if parts.scheme not in _DEFAULT_PORTS or not parts.hostname or beyond_path or not value.isascii():
            raise InvalidValue(
                "must be an address like https://check-data.example.org or https://example.org/partners, with only "
                "letters, digits and . _ ~ - in its path"
            )
        if parts.scheme == "http" and parts.hostname not in LOOPBACK:
            raise InvalidValue("must begin with https://, except at 127.0.0.1 and localhost")
        host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
        return cls(parts.scheme, host, parts.port or None, path)

    @classmethod
    def of_a_host(cls, value: str) -> "BaseAddress":
        """The same for what has a host of its own; `InvalidValue` for a path too."""
        found = cls.of(value)
        if found.path:
            raise InvalidValue("must be an address without a path, like https://check-data.example.org")
        return found

    def __str__(self) -> str:
        """Without a slash at its end."""
        return f"{self.scheme}://{self.host}" + (f":{self.port}" if self.port else "") + self.path

    @property
    def secure(self) -> bool:
        """Whether the service is reached over https."""
        return self.scheme == "https"

    @property
    def hosts(self) -> frozenset[str]:
        """What a request's ``Host`` may be; an http base on loopback accepts both names of loopback at its port."""
        names = (self.host,) if self.secure else LOOPBACK
        default = _DEFAULT_PORTS[self.scheme]
        port = self.port or default
        return frozenset(f"{name}:{port}" for name in names) | frozenset(names if port == default else ())

    @property
    def origins(self) -> frozenset[str]:
        """What a request's ``Origin`` may say (ASVS 3.5.1)."""
        return frozenset(f"{self.scheme}://{host}" for host in self.hosts)
