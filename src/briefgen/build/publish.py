"""Bytes -> a file under its final name, whole or not at all; one build at a time; what is withdrawn disappears."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import json
import os
import shutil
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from briefgen.errors import LockedError, SurroundingsError, error

TEMPORARY = ".briefgen-"
# Everything that is the build's own and no reader's, under the build folder.
PRIVATE = ".briefgen"
_MANIFEST = f"{PRIVATE}/manifest.json"
# A killed build's children die with it, but not in the same instant, and hold its lock until they have.
_DYING = 2.0


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
        Path(temporary).chmod(0o666 & ~_umask())
        Path(temporary).replace(path)
        _sync(path.parent)
    except BaseException as problem:  # an interrupt must not leave half a file either
        if temporary:
            with contextlib.suppress(OSError):
                Path(temporary).unlink()
        if isinstance(problem, OSError):
            raise _told(path, data, problem) from None
        raise


def _umask() -> int:
    """It can only be read by setting it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def _sync(folder: Path) -> None:
    """A rename is only sure to survive a power cut once the folder itself is on disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _told(path: Path, data: bytes, problem: OSError) -> SurroundingsError:
    if problem.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        message = f"disk full: {max(len(data) / 1e6, 0.1):.1f} MB needed"
        return SurroundingsError(error(message, str(path), "free some space; what was there is untouched"))
    hint = "check the permissions of the folder; what was there is untouched"
    return SurroundingsError(error(f"cannot be written: {problem.strerror}", str(path), hint))


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the build folder; raises `LockedError` naming the process that has it. The lock dies with its process."""
    path = folder / PRIVATE / "lock"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as problem:
        raise _told(path, b"", problem) from None
    try:
        _take(handle, path)
        yield
    finally:
        os.close(handle)


def _take(handle: int, path: Path) -> None:
    """Lock, and write down who has it."""
    until = time.monotonic() + _DYING
    while not _is_free(handle):
        holder = os.pread(handle, 20, 0).decode("ascii", "replace")
        if _is_alive(holder) or time.monotonic() > until:
            message = f"another build (process {holder or 'unknown'}) is at work"
            hint = "wait for it, or build into another folder with -o"
            raise LockedError(error(message, str(path.parents[1]), hint))
        time.sleep(0.02)
    try:
        os.ftruncate(handle, 0)
        os.pwrite(handle, str(os.getpid()).encode(), 0)
    except OSError as problem:
        raise _told(path, b"", problem) from None


def _is_free(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_alive(holder: str) -> bool:
    try:
        os.kill(int(holder), 0)
    except (ValueError, OverflowError, ProcessLookupError):
        return False
    except PermissionError:
        pass  # somebody else's, and there
    return True


def sweep(folder: Path) -> None:
    """Remove temporary files that a killed build left; only under the lock."""
    for path in folder.rglob(f"{TEMPORARY}*"):
        if path.is_file():
            with contextlib.suppress(OSError):
                path.unlink()


@contextlib.contextmanager
def scratch(folder: Path) -> Iterator[None]:
    """Temporary files of this process and those forked from it lie within the build folder, and go with the build.

    What a killed one left goes when the next begins: libraries unpack fonts, which nobody would ever sweep elsewhere.
    """
    path, before = folder / PRIVATE / "tmp", tempfile.tempdir
    if path.is_symlink():
        path.unlink()
    shutil.rmtree(path, ignore_errors=True)
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise _told(path, b"", problem) from None
    tempfile.tempdir = str(path.resolve())
    try:
        yield
    finally:
        tempfile.tempdir = before
        shutil.rmtree(path, ignore_errors=True)


def manifest(folder: Path) -> dict[str, dict[str, Any]]:
    """What earlier builds published: path -> {brief, audience, format, sha256, inputs}; empty when unreadable."""
    try:
        found = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) and all(isinstance(each, dict) for each in found.values()) else {}


def save_manifest(folder: Path, entries: Mapping[str, Mapping[str, Any]]) -> None:
    """Remember what lies in the tree; also before it is written, so that nothing of ours is ever taken for foreign."""
    data = as_lines({name: entries[name] for name in sorted(entries)}, sort_keys=True).encode()
    with contextlib.suppress(OSError):
        if (folder / _MANIFEST).read_bytes() == data:
            return
    write(folder / _MANIFEST, data)


def as_lines(data: Mapping[str, Any], sort_keys: bool = False) -> str:
    """JSON with a line for each member, and for each entry of a list: indenting all of it takes ten times as long."""
    encode = json.JSONEncoder(ensure_ascii=False, sort_keys=sort_keys).encode

    def value(found: Any) -> str:
        if not found or not isinstance(found, list):
            return encode(found)
        return "[\n" + ",\n".join(map(encode, found)) + "\n]"

    return "{\n" + ",\n".join(f"{encode(name)}: {value(found)}" for name, found in data.items()) + "\n}\n"


def remove(folder: Path, names: Iterable[str]) -> list[str]:
    """Delete files that we published, and folders that this leaves empty; returns what was there.

    Raises `SurroundingsError` when one must stay: what is withdrawn may not be meant to be seen.
    """
    gone = []
    for name in names:
        path = folder / name
        if path.resolve().is_relative_to(folder.resolve()) and path.is_file():
            _delete(path)
            gone.append(name)
            with contextlib.suppress(OSError):
                path.parent.rmdir()
    return gone


def _delete(path: Path) -> None:
    try:
        path.unlink()
    except OSError as problem:
        hint = "delete it yourself: it was withdrawn; then check the permissions of the folder"
        raise SurroundingsError(error(f"cannot be deleted: {problem.strerror}", str(path), hint)) from None


def foreign(folder: Path, ours: Iterable[str]) -> list[str]:
    """Files in the audiences' trees and among the packs that no build of ours put there."""
    known = set(ours)
    found = (path.relative_to(folder).as_posix() for path in folder.glob("*/*") if path.is_file())
    return sorted(name for name in found if name not in known and not name.startswith(PRIVATE))
