"""Text -> whether it gives orders to a language model: beyond doubt, or by the look of it."""

from __future__ import annotations

import re

_MODEL = r"(?:ai|llms?|language\s+models?|chatbots?)\b"
_NAMED = (
    rf"(?:an?\W+|the\W+|any\W+|all\W+)?{_MODEL}(?=\W+(?:assistant|model|reader|system|reading|processing|you)|\s*[:,])"
)
_MARKS = r"<\|?(?:im_start|im_end|system|endoftext)\|?> | \[/?INST\] | <<<\s*(?:document|items)\b"
_OTHERS = r"""
    \bignore[zr]?\s+(?:toutes\s+)?(?:les|ces|vos|tes)\s+(?:instruction|consigne)s?
    | \b(?:за|про)?игнорируй(?:те)?\b[^.!?]{0,40}\b(?:инструкци|указани)
    | \bты\W+(?:теперь\W+)?языковая\s+модель
"""
# What nobody writes of others: who reports on models and on rules keeps his sentences.
CERTAIN = re.compile(
    rf"""
    (?:^|[.!?:;,–—]\W*|\b(?:please|must|should|now|and)\s+)
        (?:(?:ignore|disregard|forget|override)\W+(?:\w+\W+){{0,4}}(?:instruction|prompt|guideline|direction)s?\b
        | (?:reply|respond|answer|output)\s+(?:only|exactly|just|with\s+(?:only|the\s+words?))\b)
    | \byou\s+are\s+(?:now\s+)?(?:an?\s+|the\s+)?{_MODEL}(?!\W+\w+(?:er|or|ist|ic)s?\b)
    | \b(?:dear|attention|note\s+to|hey)\W+{_NAMED}
    | {_MARKS} | {_OTHERS}
    """,
    re.IGNORECASE | re.VERBOSE,
)
ORDERS = re.compile(
    rf"""
    \b(?:ignore|disregard|forget|override)\W+(?:\w+\W+){{0,4}}(?:instruction|prompt|rule|guideline|direction)s?\b
    | \byou\s+are\s+(?:now\s+)?(?:an?\s+|the\s+)?(?:ai|llm|language\s+model|assistant|chatbot|summari[sz]er)\b
    | \b(?:system|developer)\s+(?:prompt|message|instruction)s?\b
    | \b(?:as|for|to|dear|attention|note\s+to|hey)\W+{_NAMED}
    | \b(?:reply|respond|answer|output)\s+(?:only|exactly|just|with\s+(?:only|the\s+words?))\b
    | \b(?:must|should|always|please)\s+(?:output|reply|respond|print|mark|list|report)\b[^.!?]{{0,60}}
        \b(?:finding|headline|summary|item|json|as\s+reported)s?\b
    | \b(?:in|to)\s+(?:your|every|each)\s+(?:answer|output|reply|response|summary|headline)s?\b
    | {_MARKS} | {_OTHERS}
    """,
    re.IGNORECASE | re.VERBOSE,
)
