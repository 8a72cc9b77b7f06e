"""The words of each language that show whose statement it is, or that a judgement leaves open.

Data, not code: a trailing `*` stands for any ending. A word that is as often a plain noun ("states", "reports of")
is listed only in the form that can be nothing else: a lint that cries wolf is switched off.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

_ENGLISH_SAID = """
    according to|accuse|accuses|accused|acknowledg*|adds|added|admits|admitted|affirm*|agree|agrees|alleg*|announc*
    argu*|ask|asks|asked|assert*|assum*|assures|assured|attribut*|believ*|billed as|blame|blames|blamed|call|calls
    called|calling|caution*|characteri?*|charge that|charges that|cite|cites|cited|citing|claim*|compares|complain*
    concede*|conclud*|confirm*|consider|considers|considered|contend*|contests|contested|criticises|criticizes
    criticised|criticized|critics|declar*|denies|denied|deny|denounc*|depict*|describ*|disput*|doubt|doubts|doubted
    doubtful|dub|dubs|dubbed|emphasi?*|estimat*|expect*|expresses|expressed|fear|fears|feared|find that|finds that
    forecast*|frames|framed|hail|hails|hailed|hint|hints|hinted|hold that|holds that|hope|hopes|hoped|implies
    implied|imply|in * eyes|in * opinion|in * view|in * words|insist*|judge|judges|judged|judging|labels|labelled
    labeled|laud*|leaves open|left open|liken*|maintain that|maintains that|mention*|note that|notes that|noted
    objects|objected|point to|points to|portray*|praise|praises|praised|predict*|presented as|presents|proclaim*
    promise|promises|promised|pledg*|question|questions|questioned|questioning|questionable|quote|quotes|quoted
    quoting|read as|reads as|recalls|recalled|regards|regarded|reject|rejects|rejected|remark*|report|reports
    reported|reportedly|reporting|say|says|said|saying|scepti*|skepti*|see|sees|seen as|sketches|speak of
    speaks of|spoke of|spoken of|speculat*|state that|states that|stated|stress|stresses|stressed|suggest|suggests
    suggested|suspect*|tell|tells|told|termed|testif*|think|thinks|thought to|tout|touts|touted|treats * as|unconvinced
    uneasy|urge|urges|urged|urging|view|views|viewed|voice|voices|voiced|vow|vows|vowed|warn*|wonder|wonders|wondered
    worry|worries|worried|concerned|concern that|concern about|concerns|write|writes|writing|written|wrote
    the account|the analyst*|the article|the author*|the commentar*|the document|the interview*|the paper|the piece
    the source*|the speaker*|the text|the writer*
"""
_ENGLISH_OPEN = """
    allegedly|apparent|apparently|appear|appears|appeared|arguably|could|likely|may|might|ostensib*|perhaps|possib*
    potential*|presumab*|probab*|purport*|reputed*|seem|seems|seemed|seemingly|so-called|supposed*|unclear
    unconfirmed|unlikely|unproven|unverified|whether|would
"""
_FRENCH_SAID = """
    à en croire|à ses yeux|accuse|accusent|admet*|affirm*|annonc*|appelle*|assure|assurent|attribu*|au dire|aux dires
    aux yeux|avertit|avertissent|cite|citent|citant|cité par|conclut que|concluent que|confirm*|considèr*|considér*
    contest*|craignent|craint|critiqu*|d'après|déclar*|décri*|dénonc*|dément*|disent|dit|dite|dites|dits|dout*|écri*
    émet des doutes|espèr*|estim*|évoqu*|explique*|interrog*|juge|jugent|jugé*|l'article|l'auteur*|la source
    le commentaire|le texte|loue|louent|met en garde|mettent en garde|mentionn*|nie|nient|note que|notent que|parle de
    parlent de|pense|pensent|plaide|plaident|préten*|prévoi*|promet|promettent|promis|qualifie|qualifient|qualifié de
    qualifiée de|raconte*|rapporte|rapportent|rapporté*|reconnaît|reconnaissent|redout*|regrett*|rejette*|salue
    saluent|se demand*|selon|signale*|soulign*|soupçonn*|soutient que|soutiennent que|suggèr*|suggér*|vante|vantent
    voient|voit|vu comme|vue comme|présenté* comme|présente* comme
"""
_FRENCH_OPEN = """
    apparemment|apparent*|aurait|auraient|devrait|devraient|éventuel*|hypothétique*|incertain*|non confirm*|paraît
    paraissent|peut|peut-être|peuvent|possibl*|pourrait|pourraient|potentiel*|présum*|probabl*|semble*|serait|seraient
    soi-disant|suppos*|vraisemblabl*
"""
_RUSSIAN_SAID = """
    автор|автора|автору|автором|авторы|авторов|анонсир*|аналитик*|боится|боятся|в глазах|высказ*|выража*|говор*|жалу*
    заверя*|заверил*|заявил*|заявля*|заявлен*|интервью|источник*|комментари*|критик*|назвал*|называ*|назван*|надеется
    надеются|настаива*|обвин*|обеща*|объяв*|ожида*|описыва*|опаса*|опроверг*|отмеча*|отметил*|отрица*|оценива*|оценил*
    писал*|пишет|пишут|по данным|по информации|по мнению|по оценк*|по словам|подозрева*|подчеркива*|подчёркива*
    подчеркнул*|полага*|предполага*|предрека*|предсказ*|предупре*|представля* как|представлен* как|признал*|признаёт
    признает|призыва*|прогноз*|рассказ*|расценива*|сказал*|скепти*|со слов|согласно|сомнева*|сомнен*|сообщ*|сравнива*
    ссыла*|со ссылкой|статья|статье|статьи|счита*|текст|тексте|текста|уверен*|уверя*|указыва*|упомина*|утвержда*
    характериз*|хвал*|цитир*
"""
_RUSSIAN_OPEN = """
    будто|бы|видимо|вероятн*|возможн*|кажется|ли|может|могла|могли|могло|могут|неясно|по-видимому|по всей видимости
    потенциальн*|похоже|предположит*|пожалуй|сомнительн*|так называем*|якобы
"""


@dataclass(frozen=True)
class Words:
    """What one language has: `said` names whose statement it is, `hedged` leaves it open, `vague` says too little."""

    said: tuple[str, ...]
    hedged: tuple[str, ...]
    vague: tuple[str, ...]


def _listed(text: str) -> tuple[str, ...]:
    return tuple(each.strip() for line in text.strip().splitlines() for each in line.split("|"))


LANGUAGES = {
    "en": Words(
        _listed(_ENGLISH_SAID),
        _listed(_ENGLISH_OPEN),
        ("may", "might", "could", "possible", "possibly", "perhaps"),
    ),
    "fr": Words(
        _listed(_FRENCH_SAID),
        _listed(_FRENCH_OPEN),
        ("peut", "peuvent", "pourrai*", "possible", "possibles", "possiblement", "peut-être"),
    ),
    "ru": Words(
        _listed(_RUSSIAN_SAID),
        _listed(_RUSSIAN_OPEN),
        ("может", "могут", "мог бы", "могла бы", "могли бы", "возможно", "возможен", "возможна", "пожалуй"),
    ),
}
# What an attribution says when it does not say who.
EMPTY_NAMES = frozenset(
    _listed("""
    unnamed|unknown|unspecified|anonymous|other|others|some|several|their|this|that|these|those|with|from
    inconnu|anonyme|plusieurs|certains|неназванные|неизвестный|аноним|другие
    """)
)
# Scales that are not one of ours; with a scale of ours these make up every term a judgement may not use.
OTHER_TERMS = (
    "virtually certain", "about as likely as not", "as likely as not", "exceptionally unlikely", "extremely likely",
    "extremely unlikely", "more likely than not", "highly likely", "highly unlikely", "realistic possibility",
    "remote chance",
)  # fmt: skip


@cache
def pattern(words: Iterable[str]) -> re.Pattern[str]:
    """Any of `words`, whole, whatever its case; `*` is any ending, or inside a phrase any few words; `?` one letter."""
    forms = (_form(word) for word in sorted(words, key=len, reverse=True))
    return re.compile(rf"(?<!\w)(?:{'|'.join(forms)})(?!\w)", re.IGNORECASE)


def _form(word: str) -> str:
    inner = re.escape(word).replace(r"\ \*\ ", r"\ \S+(?:\ \S+){0,3}\ ")
    return inner.replace(r"\*", r"\w*").replace(r"\?", r"\w").replace(r"\ ", r"\s+")
