"""The command line: parse, call, print. A person's output goes to stderr, data to stdout."""

from __future__ import annotations

import atexit
import errno
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from briefgen import __version__
from briefgen.errors import BriefgenError, Diagnostic, SurroundingsError, UsageError, error, has_errors, safe

EXIT_CODES = """
Exit codes: 0 done; 1 a target failed, or a check found errors; 2 wrong usage; 3 a leak was prevented;
4 the environment (disk, permission, missing library); 5 another build is at work; 70 a bug of ours;
129/130/143 stopped by a signal.
"""


# What the operating system refuses and no code of ours can help.
_MACHINE = frozenset(
    {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EMFILE, errno.ENFILE}
    | {errno.EIO, errno.ENOMEM, errno.EAGAIN, errno.ENAMETOOLONG, errno.ELOOP, errno.ENOTDIR, errno.ESTALE}
)

# Set once a command is asked for data: then what stops it is data on stdout too.
_AS_DATA = "briefgen.as_data"


def _note_data(context: click.Context, _: click.Parameter, form: Any) -> Any:
    context.meta[_AS_DATA] = "json" in form
    return form


def _json(data: Any, **options: Any) -> str:
    import json

    return json.dumps(data, **({"ensure_ascii": False} | options))


class Commands(click.Group):
    """Turns our errors into messages and exit codes, in one place for all commands."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except BriefgenError as problem:
            if ctx.meta.get(_AS_DATA):
                click.echo(_json([each.as_dict() for each in problem.diagnostics]))
            tell(problem.diagnostics)
            ctx.exit(problem.exit_code)
        except BrokenPipeError:
            # Whoever read our output has enough; there is nobody left to tell.
            sys.stderr.close()
            ctx.exit(0)
        except KeyboardInterrupt:
            click.echo("stopped", err=True)
            ctx.exit(130)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except Exception as problem:
            if os.environ.get("BRIEFGEN_DEBUG"):
                raise
            if isinstance(problem, OSError) and problem.errno in _MACHINE:
                place = os.fsdecode(problem.filename) if isinstance(problem.filename, str | bytes) else None
                hint = "check permissions and space, there and in the folder for temporary files"
                tell([error(os.strerror(problem.errno), place, hint)])
                ctx.exit(SurroundingsError.exit_code)
            hint = "this is a bug in briefgen; BRIEFGEN_DEBUG=1 shows where"
            tell([error(f"internal error: {type(problem).__name__}: {problem}", hint=hint)])
            ctx.exit(70)


def tell(diagnostics: Sequence[Diagnostic]) -> None:
    """Print each diagnostic once, to the person."""
    for each in dict.fromkeys(diagnostics):
        click.echo(str(each), err=True)


def _workspace(context: click.Context) -> Any:
    """The workspace that the command is for; imported late, so that help is there at once."""
    from briefgen.workspace import find_root
    from briefgen.workspace import load as load_workspace

    root = context.find_root().params.get("workspace")
    return load_workspace(Path(root).resolve() if root else find_root(Path.cwd()))


@click.group(cls=Commands, epilog=EXIT_CODES, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--workspace", "-C", metavar="DIR", help="The workspace; default: the nearest one upwards.")
@click.version_option(__version__, prog_name="briefgen")
def main(workspace: str | None) -> None:
    """briefgen turns sources into briefing papers: grounded, cleared, and exactly as long as promised."""


def _format_option(command: Callable[..., None]) -> Callable[..., None]:
    choice, help_ = click.Choice(["text", "json"]), "json: data on stdout."
    return click.option("--format", "form", type=choice, default="text", help=help_, callback=_note_data)(command)


def _options(*options: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Several click options as one decorator, in the order in which help shows them."""

    def decorate(command: Any) -> Any:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


_WHAT_TO_BUILD = _options(
    click.argument("briefs", nargs=-1),
    click.option("--audience", "-a", "audiences", multiple=True, help="Only this audience; may be repeated."),
    click.option(
        "--format",
        "-f",
        "formats",
        multiple=True,
        callback=_note_data,
        help="html or pdf, or json for the report on stdout.",
    ),
    click.option("--output", "-o", metavar="DIR", help="Where to build; default: build/ of the workspace."),
)


def _amount(name: str, default: float, unit: str, told: str) -> Any:
    """An option for a number above 0; `nan` and `inf` are numbers too, and no amounts."""

    def checked(_: click.Context, __: click.Parameter, value: float) -> float:
        if not 0 < value < 1e6:
            raise click.BadParameter("it must be above 0, and below a million")
        return value

    told = f"{told}; default {default:g}."
    return click.option(name, type=float, default=default, metavar=unit, callback=checked, help=told)


_HOW_TO_BUILD = _options(
    click.option("--jobs", "-j", type=click.IntRange(1, 256), help="Processes at once; default: the cores."),
    click.option("--strict", is_flag=True, help="Warnings fail as errors do."),
    click.option("--final", is_flag=True, help="Fail where an item is still a draft, instead of marking the pages."),
    click.option("--fail-fast", is_flag=True, help="Stop at the first target that fails."),
    click.option("--frozen", is_flag=True, help="Fail if anything would have to be made anew."),
    click.option("--dry-run", is_flag=True, help="List what would be made, and why; make nothing."),
    _amount("--time-limit", 60, "S", "Seconds for one edition"),
    _amount("--memory-limit", 2, "GB", "Memory for one"),
    _amount("--cache-size", 2, "GB", "What the cache may grow to"),
    click.option("--notify", metavar="CMD", help="Run CMD with the report's path when something failed."),
    click.option("--cluster", metavar="ADDRESS", help="Make it on the workers of this Dask scheduler."),
    click.option("--cluster-tls", metavar="CA,CERT,KEY", help="Certificates for it; needed off this machine."),
    click.option("--quiet", "-q", is_flag=True, help="Only what failed, and the last line."),
)


@main.command()
@_WHAT_TO_BUILD
@_HOW_TO_BUILD
@click.pass_context
def build(context: click.Context, /, formats: tuple[str, ...], dry_run: bool, quiet: bool, **options: Any) -> None:
    """Build the editions of BRIEFS (default: all) into build/<audience>/<brief>.pdf and .html.

    Only what changed is made again. Example: briefgen build belarus-russia-technology -a executive -f pdf
    """
    from briefgen.build import build as run
    from briefgen.build.morning import notify

    environment = dict(os.environ)
    workspace = _workspace(context)
    request = _request(workspace, formats, options)
    if dry_run:
        _tell_plan(workspace, request, "json" in formats)
        return
    _leave_on_signals()
    with _Progress(quiet) as progress:
        report = run(workspace, replace(request, planned=progress.planned, told=progress.told))
    code = report.exit_code
    if "json" in formats:
        with _even_unread(sys.stdout):
            click.echo(_json(report.as_dict()))
    if options["notify"] and code:
        report.diagnostics += notify(options["notify"], request.folder / "report.html", environment)
    with _even_unread(sys.stderr):
        tell(report.diagnostics)
        if not report.targets:
            click.echo("warning: nothing to build: no brief has content for these audiences", err=True)
        click.echo(f"{report.summary()}; see {_shown(request.folder / 'report.html')}", err=True)
    context.exit(code)


@contextmanager
def _even_unread(stream: Any) -> Iterator[None]:
    """A reader that has enough, or a full disk under a log, is no reason to leave a build unfinished."""
    try:
        yield
    except OSError:
        # What is still in the stream's buffer has to go somewhere when the program ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _leave_on_signals() -> None:
    """Interrupt, termination and a lost terminal leave through one door: children are killed, temporary files are gone.

    An exception may be swallowed where the layout engine calls back from C, so it is raised again until it is heard.
    A signal that whoever started us had us ignore (nohup) stays ignored.
    """
    codes: list[int] = []

    def leave(number: int, _: Any) -> None:
        if number != signal.SIGALRM:
            codes.append(128 + number)
        signal.setitimer(signal.ITIMER_REAL, 1.0)
        sys.exit(codes[0])

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, leave)
    signal.signal(signal.SIGALRM, leave)
    # Python itself may take long to end, and no longer listens then: the alarm would kill it.
    atexit.register(signal.setitimer, signal.ITIMER_REAL, 0)


def _request(workspace: Any, formats: tuple[str, ...], options: Mapping[str, Any]) -> Any:
    """The build that the options ask for; a `UsageError` names what they get wrong."""
    from briefgen.build import FORMATS, Limits, Request

    kinds = tuple(each for each in formats if each != "json")
    return Request(
        workspace.choose_briefs(options["briefs"]),
        workspace.choose("audience", options["audiences"], list(workspace.audiences)),
        workspace.choose("format", kinds, list(FORMATS)),
        Path(options["output"]).resolve() if options["output"] else workspace.build,
        strict=options["strict"],
        final=options["final"],
        whole=not (options["briefs"] or options["audiences"] or kinds),
        jobs=options["jobs"] or _cores(),
        limits=Limits(options["time_limit"], int(options["memory_limit"] * 1e9)),
        frozen=options["frozen"],
        fail_fast=options["fail_fast"],
        cache_size=int(options["cache_size"] * 1e9),
        runner=_cluster(options),
    )


def _cores() -> int:
    """Those that this process may use; not every system tells."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _cluster(options: Mapping[str, Any]) -> Any:
    """The cluster that the options name, or None for this machine; loaded only when it is asked for."""
    if not options["cluster"]:
        if options["cluster_tls"]:
            raise UsageError(error("--cluster-tls without --cluster", hint="name the scheduler: --cluster HOST:PORT"))
        return None
    from briefgen.build import Limits
    from briefgen.cluster import Cluster, certificates

    limits = Limits(options["time_limit"], int(options["memory_limit"] * 1e9))
    return Cluster(options["cluster"], limits, certificates(options["cluster_tls"]))


def _tell_plan(workspace: Any, request: Any, as_json: bool) -> None:
    from briefgen.build import dry_run

    rows = list(dry_run(workspace, request))
    if as_json:
        _echo_plan(rows)
        return
    for name, state, why in rows:
        click.echo(safe(f"{state:7} {name}{': ' if why else ''}{'; '.join(why)}"))


def _echo_plan(rows: Sequence[tuple[str, str, list[str]]]) -> None:
    click.echo(_json([{"target": name, "state": state, "why": why} for name, state, why in rows], ensure_ascii=True))


@main.command()
@click.argument("target")
@click.option("--output", "-o", metavar="DIR", help="The build folder; default: build/ of the workspace.")
@_format_option
@click.pass_context
def why(context: click.Context, target: str, output: str | None, form: str) -> None:
    """Say which input of TARGET changed since it was last built.

    A pack is a target too: briefgen why packs/nightly

    Example: briefgen why executive/belarus-russia-technology.pdf
    """
    from briefgen.build import FORMATS, Request, dry_run

    workspace = _workspace(context)
    folder = Path(output).resolve() if output else workspace.build
    if pack := _pack(target, workspace):
        request, wanted = Request(workspace.briefs(), list(workspace.audiences), FORMATS, folder), f"packs/{pack}.pdf"
    else:
        audience, brief, kind = _parts(target)
        briefs = workspace.choose_briefs((brief,))
        audiences = workspace.choose("audience", (audience,), list(workspace.audiences))
        workspace.choose("format", (kind,), list(FORMATS))
        request, wanted = Request(briefs, audiences, FORMATS, folder, whole=False), f"{audience}/{brief}.{kind}"
    found = [row for row in dry_run(workspace, request) if row[0] == wanted]
    if form == "json":
        _echo_plan(found)
        return
    for name, state, reasons in found:
        click.echo(safe(f"{state} {name}: {'; '.join(reasons) or 'nothing changed'}"))


def _pack(target: str, workspace: Any) -> str | None:
    """The pack that a target or a path to its file names; None where it names no pack."""
    folder, _, file = target.rpartition("/")
    if folder.rpartition("/")[2] != "packs":
        return None
    name = file if file in workspace.packs else file.rpartition(".")[0] or file
    workspace.choose("pack", (name,), list(workspace.packs))
    return str(name)


def _parts(target: str) -> tuple[str, str, str]:
    """Audience, brief and format of a target, however its path leads there."""
    audience, _, file = target.rpartition("/")
    brief, _, kind = file.rpartition(".")
    if not (audience and brief):
        raise UsageError(error(f"'{target}' is not a target", hint="name it as AUDIENCE/BRIEF.FORMAT, or packs/NAME"))
    return audience.rpartition("/")[2], brief, kind


def _shown(path: Path) -> str:
    here = Path.cwd()
    return safe(str(path.relative_to(here) if path.is_relative_to(here) else path))


class _Progress:
    """A bar on a terminal, with rate and time left, plain lines elsewhere; each problem is told once, as it happens."""

    def __init__(self, quiet: bool) -> None:
        self.quiet, self.seen = quiet, set[Diagnostic]()
        self.began = time.monotonic()
        self.bar: Any = None
        if sys.stderr.isatty() and not quiet:
            self.bar = click.progressbar(
                length=1, label="building", show_pos=True, item_show_func=self._rate, file=sys.stderr
            )

    def __enter__(self) -> _Progress:
        if self.bar:
            self.bar.__enter__()
        return self

    def __exit__(self, *problem: Any) -> None:
        if self.bar:
            self.bar.__exit__(*problem)

    def planned(self, total: int) -> None:
        self.began = time.monotonic()
        if self.bar:
            self.bar.length = total
            self.bar.render_progress()

    def _rate(self, _: Any) -> str | None:
        """How many are done each second."""
        if not self.bar or not self.bar.pos:
            return None
        return f"{self.bar.pos / max(time.monotonic() - self.began, 0.001):.1f}/s"

    def told(self, target: Any) -> None:
        with _even_unread(sys.stderr):
            self._told(target)

    def _told(self, target: Any) -> None:
        fresh = [each for each in target.diagnostics if each not in self.seen]
        self.seen.update(fresh)
        if self.bar and fresh:
            click.echo("\r\033[K", err=True, nl=False)
        # Where nothing worse is told, a warning is what failed it: so --strict wants it.
        warned = target.status == "failed" and not has_errors(target.diagnostics)
        tell([each for each in fresh if not self.quiet or each.severity == "error" or warned])
        if self.bar:
            self.bar.update(1)
        elif not self.quiet:
            click.echo(_line(target), err=True)


def _line(target: Any) -> str:
    if hasattr(target, "pack"):
        held = f"  {target.editions} editions, {target.pages} pages" if target.status == "built" else ""
        return safe(f"{ {'cached': 'same'}.get(target.status, target.status):6} {target.name}{held}")
    if target.status == "failed":
        return safe(f"failed {target.name}")
    if target.status == "cached":
        return safe(f"same   {target.name}")
    pages = f"{target.pages} of {target.page_budget} page{'s' if target.page_budget > 1 else ''}"
    left = f", {len(target.shortened)} shortened, {len(target.omitted)} left out"
    return safe(f"built  {target.name}  {pages}, last page {target.fill:.0%} full{left}")


@main.command()
@click.argument("briefs", nargs=-1)
@_format_option
@click.option("--strict", is_flag=True, help="Warnings fail as errors do.")
@click.pass_context
def check(context: click.Context, briefs: tuple[str, ...], form: str, strict: bool) -> None:
    """Check BRIEFS (default: all): their form, every quote against its source, analytic standards.

    Example: briefgen check belarus-russia-technology
    """
    from briefgen import content
    from briefgen.check import check as run

    workspace = _workspace(context)
    names = workspace.choose_briefs(briefs)
    found: list[Diagnostic] = [] if briefs else workspace.misnamed()
    for name in names:
        path = workspace.content / name / "brief.yaml"
        try:
            loaded = content.load(path, name, workspace.relative(path), workspace.sectors)
            found += [*loaded.problems, *run(loaded.brief, loaded.document, workspace.root)]
        except BriefgenError as problem:
            found += problem.diagnostics
    found = list(dict.fromkeys(found))
    if form == "json":
        click.echo(_json([each.as_dict() for each in found]))
    else:
        tell(found)
    errors, warnings = (sum(each.severity == kind for each in found) for kind in ("error", "warning"))
    told = f"{_count(len(names), 'brief')} checked: {_count(errors, 'error')}, {_count(warnings, 'warning')}"
    click.echo(told, err=True)
    context.exit(1 if errors or (strict and warnings) else 0)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


@main.command()
@click.pass_context
def schema(context: click.Context) -> None:
    """Print the JSON Schema of brief.yaml, with this workspace's sectors, for an editor's YAML support.

    Example: briefgen schema > content/brief.schema.json
    """
    from briefgen.model import Brief

    described = Brief.model_json_schema()
    described["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    described["$defs"]["Finding"]["properties"]["sector"] = {"enum": list(_workspace(context).sectors)}
    click.echo(_json(described, indent=1))


@main.command()
@click.argument("brief", required=False)
@_format_option
@click.pass_context
def templates(context: click.Context, brief: str | None, form: str) -> None:
    """List every template, style sheet and label file, and the file that wins for BRIEF.

    To change one, copy nothing: write a file of that name into templates/ (or content/BRIEF/templates/) that
    extends "default/NAME" and overrides one block. Example: briefgen templates belarus-russia-technology
    """
    from briefgen.render import BUILTIN, Assets, search_path, template_files

    workspace = _workspace(context)
    if brief:
        (brief,) = workspace.choose_briefs((brief,))
    files = template_files(Assets(tuple(search_path(workspace.root, brief)), workspace.root))
    if form == "json":
        rows = [{"name": name, "file": file, "override": own} for name, file, own in files]
        click.echo(_json(rows, ensure_ascii=True))
        return
    width = max(len(name) for name, _, _ in files)
    for name, file, own in files:
        click.echo(safe(f"{name:{width}}  {file}{'  (overrides the built-in one)' if own else ''}"))
    if not BUILTIN.is_relative_to(workspace.root):
        click.echo(safe(f"default/ lies in {BUILTIN}"))


@main.command()
@click.argument("name")
@click.argument("source", required=False)
@click.pass_context
def new(context: click.Context, name: str, source: str | None) -> None:
    """Start content/NAME/brief.yaml, every field explained, for the file SOURCE; never overwrites.

    Example: briefgen new trade-talks seeds/trade-talks.txt
    """
    import hashlib

    from briefgen.build.publish import write
    from briefgen.starter import starter

    workspace = _workspace(context)
    if not name.replace("-", "").replace("_", "").isalnum():
        raise UsageError(error(f"'{name}' is not a name for a folder", hint="use letters, digits, '-' and '_'"))
    path = workspace.content / name / "brief.yaml"
    if path.exists():
        hint = "choose another name, or edit the file"
        raise UsageError(error("exists already; nothing was changed", workspace.relative(path), hint))
    origin = (Path(source) if source else workspace.root / f"seeds/{name}.txt").resolve()
    if source and not origin.is_file():
        raise UsageError(error("there is no such source", source, "put it into seeds/ and name it here"))
    digest = hashlib.sha256(origin.read_bytes()).hexdigest() if origin.is_file() else None
    write(path, starter(name, workspace.relative(origin), digest).encode())
    click.echo(f"created {_shown(path)}; next: edit it, then 'briefgen build {name}'", err=True)


_MARKINGS = click.Choice(["TLP:CLEAR", "TLP:GREEN", "TLP:AMBER", "TLP:AMBER+STRICT", "TLP:RED"])
_HOW_TO_DRAFT = _options(
    click.option("--marking", type=_MARKINGS, default="TLP:AMBER", help="Of the new brief; default TLP:AMBER."),
    click.option("--with", "model", metavar="MODEL", help="Ask this language model (provider:name) instead of rules."),
    click.option("--fallback", type=click.Choice(["offline"]), help="Use the rules when the model cannot be asked."),
)


def _drafting(marking: str, model: str | None, fallback: str | None, update: bool = False) -> Any:
    from briefgen.desk.extracting import Options
    from briefgen.model import Marking

    if fallback and not model:
        raise UsageError(error("--fallback is for --with MODEL", hint="without --with the offline rules draft anyway"))
    return Options(Marking(marking), update, model, fallback is not None)


@main.command()
@click.argument("file")
@_format_option
def source(file: str, form: str) -> None:
    """Print the text of FILE that offsets count in; with --format json also its blocks and what it states of itself.

    Example: briefgen source report.pdf
    """
    from briefgen.sources.reading import read

    found, notes = read(Path(file))
    tell(notes)
    if form == "text":
        click.echo(found.text.encode("utf-8", "surrogateescape"), nl=False)
        return
    data = {name: value for name, value in vars(found).items() if value is not None} | {
        "blocks": [vars(block) for block in found.blocks]
    }
    click.echo(_json(data, default=str))


@main.command()
@click.argument("sources", nargs=-1, required=True)
@click.option("--output", "-o", metavar="FILE", help="Default: content/<name of the source>/brief.yaml.")
@click.option("--update", is_flag=True, help="Append what is new to a brief that is there; what was edited stays.")
@_HOW_TO_DRAFT
@click.pass_context
def extract(context: click.Context, /, sources: tuple[str, ...], output: str | None, **options: Any) -> None:
    """Draft a brief from SOURCES (files or folders): items with their quotes, for a person to edit.

    An existing brief is never overwritten. A brief in a workspace names its sources from there on, any other from
    its own folder on; a source from elsewhere is copied to seeds/ there. Example: briefgen extract report.pdf
    """
    from briefgen.desk.extracting import extract as run
    from briefgen.desk.places import home, home_for

    workspace, paths = _workspace(context), [Path(each) for each in sources]
    where = home(Path(output), workspace) if output else home_for(paths, workspace)
    done = run(paths, where, _drafting(**options))
    tell(done.diagnostics)
    counts = ", ".join(f"{count} in {name}" for name, count in done.counts.items())
    name = where.name if where.inside else _shown(done.path)
    click.echo(f"{_shown(done.path)}: {counts}", err=True)
    click.echo(f"next: edit it, beside 'briefgen evidence {safe(name)}'", err=True)
    context.exit(1 if has_errors(done.diagnostics) else 0)


@main.command()
@click.argument("brief")
@click.option("--output", "-o", metavar="FILE", help="Default: evidence.html beside the brief.")
@click.pass_context
def evidence(context: click.Context, brief: str, output: str | None) -> None:
    """Write a page that shows the sources of BRIEF (a name, or a brief.yaml) beside its items, linked both ways.

    Example: briefgen evidence belarus-russia-technology
    """
    from briefgen.desk.evidence import evidence as run
    from briefgen.desk.places import home

    workspace, path = _workspace(context), Path(brief)
    if not path.is_file():
        (name,) = workspace.choose_briefs((brief,))
        path = workspace.content / name / "brief.yaml"
    written, found = run(home(path, workspace), Path(output) if output else None)
    tell([each for each in found if each.severity == "error"])
    click.echo(f"wrote {_shown(written)}", err=True)
    context.exit(1 if has_errors(found) else 0)


@main.command("brief")
@click.argument("sources", nargs=-1, required=True)
@click.option("--audience", "-a", default="executive", help="Default: executive.")
@click.option("--output", "-o", metavar="FILE", help="Default: beside the source, under its name.")
@click.option("--format", "-f", "formats", multiple=True, help="html or pdf; default: both.")
@_HOW_TO_DRAFT
@click.pass_context
def brief_at_once(
    context: click.Context,
    /,
    sources: tuple[str, ...],
    audience: str,
    output: str | None,
    formats: tuple[str, ...],
    **options: Any,
) -> None:
    """Print SOURCES (files or folders) as a brief at once: extract and build, marked DRAFT, beside the source.

    Example: briefgen brief article.html
    """
    from briefgen.build import FORMATS
    from briefgen.desk.instant import brief as run

    workspace = _workspace(context)
    workspace.choose("audience", (audience,), list(workspace.audiences))
    kinds = workspace.choose("format", formats, list(FORMATS))
    paths = [Path(each) for each in sources]
    done = run(paths, workspace, audience, kinds, Path(output) if output else None, _drafting(**options))
    tell(done.diagnostics)
    for path in done.files:
        click.echo(f"wrote {_shown(path)}", err=True)
    context.exit(done.code or (1 if has_errors(done.diagnostics) else 0))
