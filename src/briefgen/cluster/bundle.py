"""Template folders -> what is sent of them: each folder's files once, under their hash; jobs that name no path of ours.

A *tree* is one folder's files. A *place* is where a job expects a tree, relative to a folder that each worker has for
the run: `root/templates` stands for the folder `templates` of the workspace, so that messages call files the same.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from briefgen.build.cache import digest, key_of
from briefgen.build.job import Job

Tree = Mapping[str, bytes]

_ROOT = "root"
_BUILTIN = "builtin"


@dataclass
class Bundle:
    """`places`: place -> the hash of its tree; `trees`: hash -> files."""

    places: dict[str, str] = field(default_factory=dict)
    trees: dict[str, Tree] = field(default_factory=dict)
    _known: dict[Path, str] = field(default_factory=dict)

    def pack(self, job: Job) -> Job:
        """The job with places for paths, after its folders were taken in."""
        folders = tuple(Path(self._place(job, folder)) for folder in job.folders)
        builtin = Path(self._place(job, job.builtin))
        return replace(job, root=Path(_ROOT), folders=folders, builtin=builtin)

    def _place(self, job: Job, folder: Path) -> str:
        if folder not in self._known:
            tree = dict(_files(folder))
            sha = tree_hash(tree)
            self.trees[sha] = tree
            self._known[folder] = sha
        inside = folder.is_relative_to(job.root)
        place = f"{_ROOT}/{folder.relative_to(job.root).as_posix()}" if inside else _BUILTIN
        self.places[place] = self._known[folder]
        return place


def unpacked(job: Job, folder: Path) -> Job:
    """A packed job with the paths that its places have under `folder`."""
    folders = tuple(folder / each for each in job.folders)
    return replace(job, root=folder / job.root, folders=folders, builtin=folder / job.builtin)


def tree_hash(tree: Tree) -> str:
    """One hash for all names and contents."""
    return key_of({name: digest(data) for name, data in tree.items()})


def store(tree: Tree, sha: str, folder: Path) -> None:
    """Write the files to `folder`, whole or not at all; raises `ValueError` when they are not what was announced."""
    if tree_hash(tree) != sha:
        raise ValueError("the templates were changed on their way")
    if folder.is_dir():
        return
    growing = folder.with_name(f"{folder.name}.{os.getpid()}")
    for name, data in tree.items():
        path = growing / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    growing.mkdir(parents=True, exist_ok=True)
    growing.replace(folder)


def lay(places: Mapping[str, str], trees: Path, folder: Path) -> None:
    """Put a link to its tree at each place under `folder`."""
    for place, sha in places.items():
        link = folder / place
        link.parent.mkdir(parents=True, exist_ok=True)
        if not link.is_symlink():
            link.symlink_to(trees / sha, target_is_directory=True)


def _files(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Every file that templates of the folder may name; what a link leads to outside of it is not to be had."""
    inside = folder.resolve()
    for path in sorted(_walk(folder)):
        if path.resolve().is_relative_to(inside) and path.is_file():
            yield path.relative_to(folder).as_posix(), path.read_bytes()


def _walk(folder: Path) -> Iterable[Path]:
    for base, names, files in os.walk(folder, followlinks=True):
        here = Path(base).resolve()
        # A link to a folder above itself would never end.
        names[:] = [name for name in names if not here.is_relative_to((Path(base) / name).resolve())]
        yield from (Path(base) / name for name in files)
