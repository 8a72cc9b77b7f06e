"""Brief -> diagnostics where it falls short of ICD 203, ICD 206 and the Admiralty code, as far as words show it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache

from briefgen.check.wording import EMPTY_NAMES, LANGUAGES, OTHER_TERMS, Words, pattern
from briefgen.errors import Diagnostic
from briefgen.model import SCALES, Brief, Finding, Item, Risk, Scale
from briefgen.yamlread import Document, Path_

Rule = Callable[[Brief, Document], Iterator[Diagnostic]]
Place = tuple[Path_, str]

MOST_WORDS = 60
MOST_CHARACTERS = 90

# No alternative may run over what opens another one: the time must stay in proportion to the text.
_SENTENCE_END = re.compile(r"(?<=[.!?…])[\"”»)*_]{0,4} (?=[\W_]{0,4}[^\W_a-zа-я])")
_QUOTED = re.compile(r"“[^“”]*”|«[^«»]*»|„[^„“”]*[“”]|\"[^\"]*\"|(?<!\w)[‘'][^‘’']{2,}[’'](?!\w)")
_LEVEL = r"(?:low|moderate|medium|high)(?:\s+to\s+(?:moderate|medium|high))?"
_CONFIDENCE = re.compile(
    rf"\b{_LEVEL}[\s-]+confidence\b|\bconfidence\s+(?:level\s+)?(?:is|remains|of|:)\s+{_LEVEL}\b", re.IGNORECASE
)
# "could not be checked" tells what was tried; "as soon as possible" tells no likelihood either.
_NOT_VAGUE = re.compile(r"\b[Cc]ould(?:\s+not\b|n['’]t\b|\s+neither\b)|\bas\s+\w+\s+as\s+possible\b|\bMay\b")
# So that "officials" is found in "an official" and a Russian name in its other cases.
_ENDING = re.compile(r"(?<=\w{5})(?:s|[аеийоуыьюя]{1,2})$")
_ADVERBS = {"probably": "probable", "improbably": "improbable", "almost certainly": "almost certain"}


def lint(brief: Brief, document: Document) -> Iterator[Diagnostic]:
    """Every rule on the whole brief; rules on wording only where we have the words of its language."""
    rules: list[Rule] = [_bottom_line, _title, _version, _sources, _urls, _single_source, _ratings]
    language = brief.language.split("-")[0].lower()
    if language == "en":
        rules += [_one_sentence, _foreign_terms, _mixed_rows]
    if language in LANGUAGES:
        rules += [_vague, _opinions]
    else:
        known = ", ".join(LANGUAGES)
        hint = f"read the wording of claims and judgements yourself; the rules know {known}"
        message = f"the wording in language '{brief.language}' is not checked"
        yield document.diagnostic(("language",), message, hint, "note")
    for rule in rules:
        yield from rule(brief, document)


def _words(brief: Brief) -> Words:
    return LANGUAGES[brief.language.split("-")[0].lower()]


def _plain(text: str) -> str:
    """`text` with straight apostrophes and without emphasis, for matching."""
    return text.replace("’", "'").replace("*", "")


def _own(text: str) -> str:
    """What is left of `text` when the words of others, in quotation marks, are blanked out."""
    return " ".join(_QUOTED.sub(" … ", text).replace("*", "").split())


def _wordings(path: Path_, item: Item) -> Iterator[Place]:
    for name, text in item.wordings().items():
        yield (*path, name), text


def _judged(brief: Brief) -> Iterator[Place]:
    """The judgements of the desk: the bottom line, and every wording of what is assessed."""
    if brief.bottom_line:
        yield ("bottom_line", "text"), brief.bottom_line.text
    for path, item in _held(brief):
        if item.stance == "assessed":
            yield from _wordings(path, item)


def _held(brief: Brief) -> Iterator[tuple[Path_, Finding | Risk]]:
    """The items that have a stance."""
    for number, finding in enumerate(brief.findings):
        yield ("findings", number), finding
    for number, risk in enumerate(brief.risks):
        yield ("risks", number), risk


def _called(path: Path_, item: Finding | Risk) -> str:
    return f"{'finding' if path[0] == 'findings' else 'risk'} '{item.id}'"


# --- Form -----------------------------------------------------------------------------------------


def _bottom_line(brief: Brief, document: Document) -> Iterator[Diagnostic]:
    count = len(brief.bottom_line.text.split()) if brief.bottom_line else 0
    if count > MOST_WORDS:
        hint = "say the judgement and the one reason for it; move the rest to the summary or the findings"
        message = f"the bottom line has {count} words, more than {MOST_WORDS}"
        yield document.diagnostic(("bottom_line", "text"), message, hint, "warning")


def _title(brief: Brief, document: Document) -> Iterator[Diagnostic]:
    if len(brief.title) > MOST_CHARACTERS:
        message = f"the title has {len(brief.title)} characters, more than {MOST_CHARACTERS}"
        yield document.diagnostic(("title",), message, "say the judgement only, in two lines at most", "warning")


def _version(brief: Brief, document: Document) -> Iterator[Diagnostic]:
    """ICD 203 standard 7."""
    if brief.version > 1 and not brief.changed:
        hint = "add 'changed: …': what is new, and whether the judgement changed"
        message = f"version {brief.version} does not say what changed"
        yield document.diagnostic(("version",), message, hint, "warning")


# --- Sources --------------------------------------------------------------------------------------


def _sources(brief: Brief, document: Document) -> Iterator[Diagnostic]:
    """ICD 206: what affects the quality of a source is told; a source that nothing rests on is not one."""
    only = brief.sources[0].id if len(brief.sources) == 1 else None
    cited = {quote.source or only for _, item in brief.items() for quote in item.evidence}
    for number, source in enumerate(brief.sources):
        path = ("sources", number)
        if not source.reliability:
            message = f"source '{source.id}' has no reliability"
            hint = "add 'reliability: F' (cannot be judged), or A to E of the Admiralty code"
            yield document.diagnostic(path, message, hint, "warning")
        if not source.note:
            message = f"source '{source.id}' has no note"
            hint = "add 'note: …': who made it, from what, how complete, how biased"
            yield document.diagnostic(path, message, hint, "warning")
        if source.id not in cited:
            hint = "quote it, or remove it"
            yield document.diagnostic(path, f"source '{source.id}' is cited by no item", hint, "warning")


def _urls(brief: Brief, document: Document) -> Iterator[Diagnostic]:
    for number, source in enumerate(brief.sources):
        if source.url and not re.match(r"https?://[^\s/]", source.url, re.IGNORECASE):
            message = f"'{source.url}' is not a web address"
            hint = "write the whole address, with https://"
            yield document.diagnostic(("sources", number, "url"), message, hint, "warning")


def _single_source(brief: Brief, document: Document) -> Iterator[Diagnostic]:
    """Admiralty code: 1 means confirmed by other sources."""
    for number, finding in enumerate(brief.findings):
        sources = {quote.source for quote in finding.evidence}
        if finding.credibility == 1 and len(sources) < 2:
            message = f"finding '{finding.id}' is rated 1, confirmed by others, but rests on one source"
            hint = "quote the other source, or rate it 2 to 6"
            yield document.diagnostic(("findings", number, "credibility"), message, hint, "warning")


def _ratings(brief: Brief, document: Document) -> Iterator[Diagnostic]:
    for number, risk in enumerate(brief.risks):
        missing = [name for name in ("likelihood", "impact") if not getattr(risk, name)]
        if missing:
            message = f"risk '{risk.id}' has no {' and no '.join(missing)}: it is not in the matrix"
            hint = "add them when the desk has a view"
            yield document.diagnostic(("risks", number), message, hint, "note")


# --- Judgements -----------------------------------------------------------------------------------


@cache
def _terms() -> re.Pattern[str]:
    """Every likelihood term of every scale, the longest that fits."""
    # "remote" alone is as often a place, and is looked for only where it must be a likelihood.
    known = {word for terms in SCALES.values() for term in terms for word in term.words} - {"remote"}
    return pattern((*sorted(known), *OTHER_TERMS, *_ADVERBS))


def _likelihoods(text: str) -> list[str]:
    """The likelihood terms in a text of ours, in their dictionary form."""
    found = (" ".join(each[0].lower().split()) for each in _terms().finditer(_own(text)))
    return [_ADVERBS.get(term, term) for term in found]


def _texts(brief: Brief) -> Iterator[Place]:
    """Every text in the desk's own voice."""
    yield from _judged(brief)
    yield from ((("summary", number, "text"), each.text) for number, each in enumerate(brief.summary))
    for number, risk in enumerate(brief.risks):
        yield from _wordings(("risks", number), risk) if risk.stance != "assessed" else ()
    yield from ((path, text) for path, text in _reasons(brief) if text)


def _reasons(brief: Brief) -> Iterator[tuple[Path_, str | None]]:
    yield ("title",), brief.title
    yield ("deck",), brief.deck
    yield ("change_view",), brief.change_view
    if brief.bottom_line:
        yield ("bottom_line", "basis"), brief.bottom_line.basis
    for number, finding in enumerate(brief.findings):
        yield ("findings", number, "basis"), finding.basis


def _one_sentence(brief: Brief, document: Document) -> Iterator[Diagnostic]:
    """ICD 203: readers take a confidence level in the same sentence for a second likelihood."""
    for path, text in _texts(brief):
        for sentence in _SENTENCE_END.split(_own(text)):
            level, terms = _CONFIDENCE.search(sentence), _likelihoods(sentence)
            if level and terms:
                message = f"a likelihood ('{terms[0]}') and a confidence level ('{level[0]}') in one sentence"
                yield document.diagnostic(path, message, "make two sentences of it")
                break


def _foreign_terms(brief: Brief, document: Document) -> Iterator[Diagnostic]:
    known = {word for term in SCALES[brief.scale] for word in term.words}
    for path, text in _judged(brief):
        for term in dict.fromkeys(_likelihoods(text)):
            if term not in known:
                hint = f"its terms: {', '.join(each.words[0] for each in SCALES[brief.scale])}"
                yield document.diagnostic(path, f"'{term}' is not a term of scale {brief.scale}", hint)


def _mixed_rows(brief: Brief, document: Document) -> Iterator[Diagnostic]:
    """ICD 203: one row of terms throughout, or a reader wonders what the difference is; PHIA has no rows."""
    if brief.scale != "icd203":
        return
    used: list[tuple[str, Path_]] = []
    if brief.bottom_line and brief.bottom_line.likelihood:
        used.append((brief.bottom_line.likelihood, ("bottom_line", "likelihood")))
    for path, item in _held(brief):
        used += [(item.likelihood, (*path, "likelihood"))] if item.likelihood else []
    used += [(term, path) for path, text in _judged(brief) for term in _likelihoods(text)]
    rows = [[each for each in used if each[0] in _row(brief.scale, row)] for row in (0, 1)]
    if all(rows):
        fewer, more = sorted(rows, key=len)
        (term, path), other = fewer[0], more[0][0]
        message = f"'{term}' and '{other}' are from different rows of scale {brief.scale}"
        hint = f"use one row: {', '.join(_row(brief.scale, rows.index(more)))}"
        yield document.diagnostic(path, message, hint, "warning")


def _row(scale: Scale, row: int) -> list[str]:
    return [term.words[row] for term in SCALES[scale] if len(term.words) > 1]


def _vague(brief: Brief, document: Document) -> Iterator[Diagnostic]:
    for path, text in _judged(brief):
        found = pattern(_words(brief).vague).findall(_NOT_VAGUE.sub(" ", _own(_plain(text))))
        if found:
            said = ", ".join(f"'{word}'" for word in dict.fromkeys(word.lower() for word in found))
            message = f"{said} in a judgement says that anything is possible, not how likely it is"
            hint = "use a term of the scale: " + ", ".join(term.words[0] for term in SCALES[brief.scale])
            yield document.diagnostic(path, message, hint, "warning")


# --- Opinions -------------------------------------------------------------------------------------


def _opinions(brief: Brief, document: Document) -> Iterator[Diagnostic]:
    """ICD 203 standard 3: what somebody claims or thinks must not read as a fact, in any wording alone."""
    for path, item in _held(brief):
        if item.stance not in ("claimed", "judged"):
            continue
        for name, text in item.wordings().items():
            headline = name == "headline"
            # The headline of a risk is a label, and a quotation in a headline shows whose word it is.
            label = headline and (isinstance(item, Risk) or _QUOTED.search(text))
            if label or shows_owner(brief.language, brief.title, item, text):
                continue
            message = f"the {name} of {_called(path, item)} is {item.stance} but worded as fact"
            hint = f"say whose {'claim' if item.stance == 'claimed' else 'view'} it is, or that it is open"
            yield document.diagnostic((*path, name), message, hint, "warning" if headline else "error")


def shows_owner(language: str, title: str, item: Finding | Risk, text: str) -> bool:
    """Whether a wording says that it is somebody's statement, or leaves it open; `title` is the brief's."""
    words, plain, owner = LANGUAGES.get(language.split("-")[0].lower()), _plain(text), _owner(title, item)
    telling = words is not None and pattern(words.said + words.hedged).search(plain)
    return bool(telling or (owner and owner.search(plain)))


def _owner(title: str, item: Finding | Risk) -> re.Pattern[str] | None:
    """The names that show whose statement an item is; those in the title name the subject, not a speaker."""
    stated_by = item.stated_by if isinstance(item, Risk) else None
    subject = {name.lower() for name in re.findall(r"\w+", title)}
    # The name, not the office that follows it: "trade" in a sentence is no attribution.
    given = (re.split(r"[,;(:]", each or "", maxsplit=1)[0] for each in (item.attribution, stated_by))
    names = re.findall(r"\w+", " ".join(given))
    useful = [name for name in names if (len(name) > 3 or name.isupper()) and len(name) > 1]
    telling = [name for name in useful if name.lower() not in subject | EMPTY_NAMES]
    return pattern(tuple(f"{_ENDING.sub('', name)}*" for name in telling)) if telling else None
