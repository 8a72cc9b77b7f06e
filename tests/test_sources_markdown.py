"""Markdown is read as it renders, without its markup."""

from __future__ import annotations

from datetime import date

from briefgen.sources.draft import Metadata
from briefgen.sources.markdown import read

PAGE = b"""---
title: "Grain exports"
author: Jane Smith
date: 2025-03-03
url: https://example.org/x
---
# Grain *exports* in 2025

Exports rose by **five per cent**
last [year](https://example.org/y).<br>More &amp; more.

> A quote of
> two lines.

1. one item
   - nested item

| Year | Exports |
|---|---|
| 2024 | 5 |

```
code = 1
```

![a picture](x.png)

<div>Some <b>old</b> text.<script>alert(1)</script></div>

Set as a heading
----------------
"""


def test_blocks_and_their_kinds() -> None:
    draft = read(PAGE, "a.md")
    assert [(block.kind, draft.text[block.start : block.end]) for block in draft.blocks] == [
        ("heading", "Grain exports in 2025"),
        ("paragraph", "Exports rose by five per cent last year. More & more."),
        ("quote", "A quote of two lines."),
        ("list-item", "one item"),
        ("list-item", "nested item"),
        ("table-row", "Year | Exports"),
        ("table-row", "2024 | 5"),
        ("residue", "code = 1"),
        ("paragraph", "Some old text."),
        ("heading", "Set as a heading"),
    ]
    assert not draft.verbatim


def test_front_matter_is_metadata() -> None:
    assert read(PAGE, "a.md").metadata == Metadata(
        title="Grain exports", author="Jane Smith", published=date(2025, 3, 3), url="https://example.org/x"
    )


def test_a_rule_at_the_top_is_no_front_matter() -> None:
    draft = read(b"---\n\nExports rose.\n", "a.md")
    assert draft.text == "Exports rose.\n"


def test_a_document_of_markup_only_is_empty() -> None:
    assert read(b"#\n\n![x](y)\n", "a.md").blocks == ()


def test_text_that_is_all_in_a_fence_is_the_document() -> None:
    fenced = "# Licence\n\n```\nPermission is granted\nto all.\n\nNo warranty is given.\n```\n\n```sh\nmake\n```\n"
    found = [(block.kind, block.start) for block in read(fenced.encode(), "a.md").blocks]
    assert [kind for kind, _ in found] == ["heading", "paragraph", "paragraph", "residue"]
    beside = read(f"{fenced}\nAs said above.\n".encode(), "a.md")
    assert {block.kind for block in beside.blocks} == {"heading", "residue", "paragraph"}
    assert [beside.text[each.start : each.end] for each in beside.blocks if each.kind == "paragraph"] == [
        "As said above."
    ]
