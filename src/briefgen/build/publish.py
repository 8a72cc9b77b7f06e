"""Bytes -> a file under its final name, whole or not at all; files that no longer have a target disappear."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

from briefgen.errors import SurroundingsError, error

TEMPORARY = ".briefgen-"


def write(path: Path, data: bytes) -> None:
    """Write beside the target, then rename; raises `SurroundingsError` and leaves what was there."""
    temporary = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(prefix=TEMPORARY, dir=path.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except OSError as problem:
        if temporary:
            with contextlib.suppress(OSError):
                Path(temporary).unlink()
        hint = "check the disk space and the permissions of the folder"
        raise SurroundingsError(error(f"cannot be written: {problem.strerror}", str(path), hint)) from None


def remove(folder: Path, names: Iterable[str]) -> list[str]:
    """Delete files of an earlier build, and folders that this leaves empty; returns what was there."""
    gone = []
    for name in names:
        path = folder / name
        if path.resolve().is_relative_to(folder.resolve()) and path.is_file():
            path.unlink()
            gone.append(name)
            with contextlib.suppress(OSError):
                path.parent.rmdir()
    return gone
