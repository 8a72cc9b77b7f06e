"""A name and a source -> the text of a first brief.yaml that explains itself."""

from __future__ import annotations

import json

_STARTER = """\
# yaml-language-server: $schema=../brief.schema.json
# 'briefgen schema > content/brief.schema.json' gives your editor completion for this file.
title: {title}                     # says the judgement, not the topic
deck: One line under the title
reference: XX-0000-000
version: 1
desk: Your desk
marking: TLP:AMBER              # default of every item: TLP:CLEAR, GREEN, AMBER, AMBER+STRICT, RED

sources:
  - id: S1
    file: {file}    # relative to the workspace
{sha256}    kind: report                # news, commentary, report, interview, official, data, other
    reliability: F              # Admiralty A to F: how far the source can be trusted
    note: What may affect its quality (who wrote it, access, age, bias).

# bottom_line:                  # your judgement; a term of ICD 203 for likelihood
#   text: The conclusion, first.
#   likelihood: likely
#   confidence: low             # low, moderate, high
#   basis: What it rests on.

summary: []                     # entries as below: id, text, evidence

findings: []
# - id: first-finding           # unique in the brief, stays the same when you reword
#   sector: trade               # one of the sectors in briefgen.yaml
#   headline: The shortest wording
#   text: One or two sentences.
#   detail: The longest wording.
#   stance: reported            # reported, claimed (add attribution), judged (by the author), assessed (by you)
#   credibility: 3              # Admiralty 1 to 6
#   priority: 1                 # 1 is kept longest when space is short
#   evidence:
#     - exact: "The very words of the source"

risks: []
# - id: first-risk
#   headline: Two words
#   text: What may go wrong, and who says so.
#   likelihood: unlikely
#   impact: high                # low, moderate, high, severe
#   stated_by: the author
#   evidence:
#     - exact: "The very words of the source"

questions: []
# - id: first-question
#   text: What is not known?
#   why: Why it matters.
"""


def starter(name: str, file: str, sha256: str | None) -> str:
    """A brief that is valid YAML of the right form, and says at once what is still missing."""
    digest = f"    sha256: {sha256}\n" if sha256 else ""
    title = json.dumps(name.replace("-", " ").replace("_", " ").capitalize(), ensure_ascii=False)
    return _STARTER.format(title=title, file=json.dumps(file, ensure_ascii=False), sha256=digest)
