"""Report -> what people and dashboards read in the morning: report.html, junit.xml, and the notify command."""

from __future__ import annotations

import shlex
import subprocess
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from briefgen.build.publish import write
from briefgen.build.report import PackTarget, Report, Target, versions
from briefgen.errors import Diagnostic, safe
from briefgen.render import Assets, page

PAGE, JUNIT = "report.html", "junit.xml"
_NOTIFY_SECONDS = 120


def save(report: Report, folder: Path, assets: Assets, shown: int = 200) -> None:
    """Write report.html and junit.xml beside report.json; at most `shown` unchanged targets are listed one by one."""
    write(folder / JUNIT, junit(report))
    write(folder / PAGE, page(assets, "report.html", _data(report, shown)).encode())


def junit(report: Report) -> bytes:
    """JUnit XML: one test case a target or pack, as CI dashboards read it."""
    targets: list[Target | PackTarget] = [*report.targets, *report.packs]
    counts = Counter(_verdict(target) for target in targets)
    suite = ElementTree.Element(
        "testsuite",
        name="briefgen",
        tests=str(len(targets)),
        failures=str(counts["failure"]),
        errors=str(counts["error"]),
        # Coordinated universal time without saying so: that is how it is written in these files.
        timestamp=report.started.partition("+")[0],
        time=f"{report.seconds:.3f}",
    )
    for target in targets:
        _case(suite, target)
    if report.diagnostics:
        ElementTree.SubElement(suite, "system-out").text = _lines(report.diagnostics)
    ElementTree.indent(suite)
    return bytes(ElementTree.tostring(suite, encoding="utf-8", xml_declaration=True))


def _case(suite: ElementTree.Element, target: Target | PackTarget) -> None:
    names = {"classname": target.audience, "name": _xml(f"{target.brief}.{target.format}")}
    case = ElementTree.SubElement(suite, "testcase", {**names, "time": f"{target.seconds:.3f}"})
    told, verdict = _lines(target.diagnostics), _verdict(target)
    if verdict:
        first = next((each.message for each in target.diagnostics if each.severity == "error"), "failed")
        kind = f"exit code {target.code}"
        ElementTree.SubElement(case, verdict, message=_xml(first), type=kind).text = told
    elif told:
        ElementTree.SubElement(case, "system-out").text = told


def _verdict(target: Target | PackTarget) -> str | None:
    """A `failure` is the brief's, an `error` ours or the machine's."""
    if target.status != "failed":
        return None
    return "error" if target.code in (4, 70) else "failure"


def _lines(diagnostics: Sequence[Diagnostic]) -> str:
    return _xml("\n".join(str(each) for each in diagnostics))


def _xml(text: str) -> str:
    """Without the characters that no XML may hold."""
    return safe(text).replace("\ufffe", "").replace("\uffff", "")


def _data(report: Report, shown: int) -> dict[str, Any]:
    """The report as the template sees it: failures first, formats of one edition in one row."""
    editions = _editions(report.targets)
    failed = _together([each for each in editions if each["status"] == "failed"])
    made = [each for each in editions if each["status"] == "built"]
    same = [each for each in editions if each["status"] == "cached"]
    return {
        "language": "en",
        "started": report.started,
        "seconds": round(report.seconds, 1),
        "ok": not report.exit_code,
        "summary": report.summary(),
        "failed": [*failed, *(_pack(each) for each in report.packs if each.status == "failed")],
        "packs": [_pack(each) for each in report.packs if each.status != "failed"],
        "failed_briefs": len({each["brief"] for each in failed}),
        "made": made,
        "same": same[:shown],
        "same_total": len(same),
        "changes": dict(report.changes),
        "removed": list(report.removed),
        "remarks": [_remark(each) for each in report.diagnostics],
        "versions": versions(),
    }


def _editions(targets: Sequence[Target]) -> list[dict[str, Any]]:
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for target in targets:
        row = rows.setdefault((target.audience, target.brief), _edition(target))
        row["formats"].append({"format": target.format, "path": target.path, "stale": target.stale})
        if target.status == "failed":
            row["status"] = "failed"
    return list(rows.values())


def _together(failed: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A brief that failed for the same reason for several audiences is told once."""
    found: list[dict[str, Any]] = []
    for row in failed:
        same = next((one for one in found if (one["brief"], one["remarks"]) == (row["brief"], row["remarks"])), None)
        if same:
            same["audience"] += f", {row['audience']}"
            same["formats"] += row["formats"]
        else:
            found.append(row)
    return found


def _edition(target: Target) -> dict[str, Any]:
    return {
        "brief": target.brief,
        "title": target.title or target.brief,
        "audience": target.audience,
        "status": target.status,
        "pages": target.pages,
        "page_budget": target.page_budget,
        "fill": None if target.fill is None else round(100 * target.fill),
        "kept": len(target.kept),
        "shortened": list(target.shortened),
        "omitted": [each["id"] for each in target.omitted],
        "layouts": target.layouts,
        "seconds": round(target.seconds, 2),
        "formats": [],
        "remarks": [_remark(each) for each in dict.fromkeys(target.diagnostics)],
    }


def _pack(pack: PackTarget) -> dict[str, Any]:
    return {
        "title": pack.pack,
        "audience": "pack",
        "status": pack.status,
        "editions": pack.editions,
        "pages": pack.pages,
        "marking": pack.marking,
        "formats": [{"format": "pdf", "path": pack.path, "stale": pack.stale}],
        "remarks": [_remark(each) for each in dict.fromkeys(pack.diagnostics)],
    }


def _remark(each: Diagnostic) -> dict[str, Any]:
    place = ":".join(str(part) for part in (each.file, each.line, each.column) if part is not None)
    return {"severity": each.severity, "place": safe(place), "message": safe(each.message), "hint": each.hint}


def changes(before: Mapping[str, Any], report: Report) -> dict[str, list[str]]:
    """What differs from the last report, by kind: targets that are new, changed, failing now, or well again."""
    known = {f"{each['audience']}/{each['brief']}.{each['format']}": each for each in before.get("targets", [])}
    found: dict[str, list[str]] = {"new": [], "changed": [], "failing now": [], "well again": []}
    for target in report.targets:
        old = known.get(target.name)
        failed, was_failed = target.status == "failed", old is not None and old.get("status") == "failed"
        if failed and not was_failed:
            found["failing now"].append(target.name)
        elif was_failed and not failed:
            found["well again"].append(target.name)
        elif old is None and not failed:
            found["new"].append(target.name)
        elif old and not failed and old.get("sha256") != target.sha256:
            found["changed"].append(target.name)
    return {kind: names for kind, names in found.items() if names}


def notify(command: str, report: Path, environment: Mapping[str, str]) -> list[Diagnostic]:
    """Run the command with the report's path as its last argument; its failure is a warning, never the build's.

    `environment` is the one that the build was started in: what we set for our own libraries is not for others.
    """
    try:
        subprocess.run([*shlex.split(command), str(report)], check=True, timeout=_NOTIFY_SECONDS, env=environment)
    except (OSError, ValueError, subprocess.SubprocessError) as problem:
        hint = "the report is written all the same; check the command of --notify"
        return [Diagnostic("warning", f"--notify failed: {problem}", hint=hint)]
    return []
