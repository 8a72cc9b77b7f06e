"""A question -> the file that keeps its answer: whole or not at all, and looked at before it is believed."""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from hashlib import sha256
from pathlib import Path

from pydantic import ValidationError

from briefgen.errors import Diagnostic
from briefgen.llm.answer import Answer

FORM = 1


def key(*parts: str) -> str:
    """The name of a question: a hash of all that could change its answer."""
    return sha256(json.dumps(parts, ensure_ascii=True).encode("ascii")).hexdigest()


def read(path: Path, name: str) -> tuple[Answer | None, Diagnostic | None]:
    """The answer that is kept under `name`, or nothing and, where a file is damaged, a note."""
    try:
        kept = json.loads((path / f"{name}.json").read_text(encoding="utf-8"))
        if kept["form"] != FORM or kept["key"] != name:
            raise ValueError("another form")
        if kept["sha256"] != key(json.dumps(kept["answer"], sort_keys=True)):
            raise ValueError("changed")
        return Answer.model_validate(kept["answer"]), None
    except FileNotFoundError:
        return None, None
    except (OSError, ValueError, KeyError, TypeError, RecursionError, ValidationError):
        hint = "nothing to do: the model is asked again and the file replaced"
        return None, Diagnostic("note", "a kept answer cannot be used", str(path / f"{name}.json"), hint=hint)


def write(path: Path, name: str, answer: Answer) -> Diagnostic | None:
    """Keep an answer; a folder that cannot be written costs the next run money, not this one its result."""
    data = answer.model_dump(mode="json")
    kept = {"form": FORM, "key": name, "sha256": key(json.dumps(data, sort_keys=True)), "answer": data}
    temporary = None
    try:
        path.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(prefix=".briefgen-", dir=path)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(kept, file, ensure_ascii=True, indent=1)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path / f"{name}.json")
    except OSError as problem:
        if temporary:
            with contextlib.suppress(OSError):
                Path(temporary).unlink()
        hint = "check the disk space and the permissions of the folder; the next run asks the model again"
        return Diagnostic("warning", f"the answer cannot be kept: {problem.strerror}", str(path), hint=hint)
    return None
