"""An address and certificates -> where a scheduler may be reached; nothing travels in the clear off this machine."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from briefgen.errors import SurroundingsError, UsageError, error

_EXAMPLE = "for example --cluster tls://scheduler.example:8786 --cluster-tls ca.pem,client.pem,client-key.pem"
_ENCRYPT = f"give certificates, {_EXAMPLE}; docs/cluster.md shows how to make them"


@dataclass(frozen=True)
class Certificates:
    """Files in PEM form: who is trusted, who we are, and the key that proves it."""

    ca: Path
    cert: Path
    key: Path


def certificates(text: str | None) -> Certificates | None:
    """From `CA,CERT,KEY`, as it is typed."""
    if not text:
        return None
    parts = [Path(each.strip()) for each in text.split(",")]
    if len(parts) != 3:
        raise UsageError(error(f"--cluster-tls needs three files, not {len(parts)}", hint=_EXAMPLE))
    for path in parts:
        if not path.is_file():
            hint = "docs/cluster.md shows how to make certificates"
            raise SurroundingsError(error("there is no such certificate or key", str(path), hint))
    return Certificates(*parts)


def scheduler(address: str, tls: Certificates | None) -> str:
    """The address with its scheme; raises unless it is encrypted or does not leave this machine."""
    whole = address if "://" in address else f"{'tls' if tls else 'tcp'}://{address}"
    parts = urlsplit(whole)
    if parts.scheme not in ("tcp", "tls") or not parts.hostname or not _port(whole):
        hint = "write HOST:PORT, tcp://HOST:PORT or tls://HOST:PORT"
        raise UsageError(error(f"'{address}' is not the address of a scheduler", hint=hint))
    if parts.scheme == "tls" and tls is None:
        raise SurroundingsError(error(f"{whole} is encrypted, and there are no certificates", hint=_ENCRYPT))
    if parts.scheme == "tcp" and tls is not None:
        raise UsageError(error(f"{whole} is not encrypted, and --cluster-tls is given", hint="write tls://"))
    for problem in exposed("the scheduler", whole):
        raise SurroundingsError(error(problem, hint=_ENCRYPT))
    return whole


def exposed(who: str, address: str) -> Iterator[str]:
    """Why what is sent to `address` could be read or changed by others: at most one reason."""
    parts = urlsplit(address)
    if parts.scheme not in ("tls", "inproc") and not _is_loopback(parts.hostname or ""):
        yield f"{who} at {address} is on the network without encryption: anyone who reaches it can read and run all"


def _port(address: str) -> int | None:
    try:
        return urlsplit(address).port
    except ValueError:
        return None


def _is_loopback(host: str) -> bool:
    """Whether all that the name stands for stays on this machine; a name that is not known does not."""
    try:
        found = {str(each[4][0]).partition("%")[0] for each in socket.getaddrinfo(host, None)}
    except OSError:
        return False
    return bool(found) and all(ipaddress.ip_address(each).is_loopback for each in found)
