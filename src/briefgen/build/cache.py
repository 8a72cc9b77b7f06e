"""Key -> what was made under it: content-addressed files, checked when read, so that no crash can leave a lie.

An entry names its blobs by their sha256 and carries its own; whatever does not match is dropped and made again.
Files appear by rename, so two builds may share a cache and `kill -9` leaves at most a temporary file.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from briefgen.build.publish import write
from briefgen.errors import BriefgenError, Diagnostic

DEFAULT_SIZE = 2_000_000_000


def digest(data: bytes) -> str:
    """sha256, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def digest_of(path: Path) -> str:
    """The same of a file; empty when it cannot be read."""
    try:
        return digest(path.read_bytes())
    except OSError:
        return ""


def key_of(*parts: Any) -> str:
    """One key for data that JSON can hold, whatever the order of its mappings."""
    return digest(json.dumps(parts, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode())


@dataclass
class Cache:
    """Entries under `folder`; `problems` tells what was found damaged, and that it cannot be written."""

    folder: Path
    size: int = DEFAULT_SIZE
    problems: list[Diagnostic] = field(default_factory=list)
    writable: bool = True

    def get(self, kind: str, key: str) -> tuple[dict[str, Any], dict[str, bytes]] | None:
        """The data and blobs stored under `key`, or None when there are none that can be trusted."""
        path = self._entry(kind, key)
        body = self._body(path)
        if body is None:
            return None
        entry = json.loads(body)
        # All are looked at even if the first is missing, so that all damage is told in one night.
        found = {name: self._blob(sha) for name, sha in entry["blobs"].items()}
        blobs = {name: data for name, data in found.items() if data is not None}
        if len(blobs) < len(found):
            return None
        self._touch(path)
        return entry["data"], blobs

    def _body(self, path: Path) -> bytes | None:
        try:
            checksum, _, body = path.read_bytes().partition(b"\n")
        except OSError:
            return None
        if checksum.decode("ascii", "replace") != digest(body):
            self._damaged(path)
            return None
        return body

    def put(self, kind: str, key: str, data: Mapping[str, Any], blobs: Mapping[str, bytes]) -> None:
        """Store; a cache that cannot be written costs time, never a result, and is told once.

        What lies there already is looked at: another entry may be why it was not found, and it may be damaged too.
        """
        named = {name: digest(blob) for name, blob in blobs.items()}
        body = json.dumps({"data": data, "blobs": named}, sort_keys=True, ensure_ascii=False).encode()
        try:
            for name, blob in blobs.items():
                if self._blob(named[name]) is None:
                    write(self._object(named[name]), blob)
            path = self._entry(kind, key)
            if self._body(path) != body:
                write(path, digest(body).encode() + b"\n" + body)
        except BriefgenError as problem:
            if self.writable:
                self.problems += [replace(each, message=f"not cached: {each.message}") for each in problem.diagnostics]
            self.writable = False

    def trim(self) -> None:
        """Drop what was not used for longest until the cache is within its size."""
        files = [(path, path.stat()) for path in self.folder.rglob("*") if path.is_file()]
        total = sum(stat.st_size for _, stat in files)
        for path, stat in sorted(files, key=lambda pair: pair[1].st_mtime_ns):
            if total <= self.size:
                return
            with suppress(OSError):
                path.unlink()
            total -= stat.st_size

    def _entry(self, kind: str, key: str) -> Path:
        return self.folder / kind / key[:2] / key[2:]

    def _object(self, sha: str) -> Path:
        return self.folder / "objects" / sha[:2] / sha[2:]

    def _blob(self, sha: str) -> bytes | None:
        path = self._object(sha)
        try:
            data = path.read_bytes()
        except OSError:
            return None
        if digest(data) != sha:
            self._damaged(path)
            return None
        self._touch(path)
        return data

    def _touch(self, path: Path) -> None:
        """Being used is what keeps a file; once a day says enough."""
        now = time.time()
        try:
            if now - path.stat().st_mtime > 86_400:
                os.utime(path, (now, now))
        except OSError:
            return

    def _damaged(self, path: Path) -> None:
        hint = "nothing to do: it is made again"
        self.problems.append(Diagnostic("warning", "a damaged cache file was dropped", self._shown(path), hint=hint))
        with suppress(OSError):
            path.unlink()

    def _shown(self, path: Path) -> str:
        return path.relative_to(self.folder).as_posix()
