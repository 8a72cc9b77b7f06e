"""Data <-> bytes between our own processes: how many there are, then a pickle."""

from __future__ import annotations

import pickle
import struct
from typing import IO, Any

LENGTH = struct.Struct(">Q")


def packed(data: object) -> bytes:
    """`data` with its length before it."""
    body = pickle.dumps(data, protocol=pickle.HIGHEST_PROTOCOL)
    return LENGTH.pack(len(body)) + body


def received(stream: IO[bytes]) -> Any:
    """The next data that one of our own processes sent; raises `EOFError` where it has hung up."""
    head = stream.read(LENGTH.size)
    if len(head) < LENGTH.size:
        raise EOFError
    return pickle.loads(stream.read(LENGTH.unpack(head)[0]))
