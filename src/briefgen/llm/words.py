"""The words that the checks of wording know, as data: negations, figures in words, months.

One list for all languages: what is a negation in one of them is no common word in the others.
"""

from __future__ import annotations


def _listed(words: str) -> frozenset[str]:
    return frozenset(words.split())


NEGATIONS = _listed("""
    not no never none nobody nothing nowhere neither nor without cannot cant aint
    ne n pas jamais aucun aucune sans ni rien nul nulle
    не нет ни никогда никто ничего нельзя без никакой никаких
    nicht kein keine keiner keinen keinem nie niemals ohne
    ні няма ніколі nunca nao não senza
""")
# "not only" denies nothing.
NO_DENIAL = _listed("only just merely simply alone seulement uniquement только лишь nur")
# They deny in other words: "did not" is a fair wording of "failed to".
DOUBTS = (
    "doubt", "unlikely", "fail", "lack", "refus", "reject", "deny", "deni", "hardly", "barely", "scarcely", "few",
    "little", "absent", "sceptic", "skeptic", "prevent", "halt", "stop", "avoid", "dout", "rejet", "échou", "manqu",
    "peu", "сомн", "вряд", "отказ", "отриц", "опроверг", "мало", "маловероят", "zweif", "kaum",
)  # fmt: skip
# They leave open: "unclear whether" is a fair wording of a negation, but a negation is none of it.
OPEN = (
    "unclear", "unproven", "unconfirm", "uncertain", "question", "whether", "if", "incertain", "si", "неясн", "ли",
    "ob", "unklar",
)  # fmt: skip
OPPOSING = ("non", "un", "in", "im", "ir", "il", "dis", "не", "без")
# A clause ends here, and with it the reach of a negation.
BORDERS = _listed("but however although while and mais cependant et но однако а и aber und")

_FIGURES = """
    2 two deux два две двух двумя двум|3 three trois три трёх трех тремя трём|4 four quatre четыре четырёх четырех
    5 five cinq пять пяти|6 six шесть шести|7 seven sept семь семи|8 eight huit восемь восьми|9 nine neuf девять девяти
    10 ten dix десять десяти|11 eleven onze одиннадцать|12 twelve douze двенадцать двенадцати|13 thirteen treize
    14 fourteen quatorze|15 fifteen quinze пятнадцать|16 sixteen seize|17 seventeen|18 eighteen|19 nineteen
    20 twenty vingt двадцать двадцати|30 thirty trente тридцать|40 forty quarante сорок|50 fifty cinquante пятьдесят
    60 sixty soixante шестьдесят|70 seventy семьдесят|80 eighty восемьдесят|90 ninety девяносто
    100 hundred hundreds cent cents сто сотни сотен|thousand thousands mille milliers тысяча тысячи тысяч тыс k
    million millions миллион миллиона миллионов млн mln mn m|dozen dozens douzaine дюжина
    billion billions milliard milliards миллиард миллиарда миллиардов млрд bn b|trillion trillions трлн tn
    percent % процент процента процентов проц pourcent|half halved moitié половина половины половину
    double doubled doubles doubling doublé вдвое удвоить|triple tripled triples triplé втрое|quarter quart четверть
"""
FIGURES = {
    word: words[0]
    for line in _FIGURES.strip().splitlines()
    for words in (group.split() for group in line.split("|"))
    for word in words
}
# Months and days are names even where a text has the same letters as a plain word.
DATES = _listed("""
    january february march april may june july august september october november december
    monday tuesday wednesday thursday friday saturday sunday
""")
TITLES = _listed("mr mrs ms dr sir mme mm")
# Somebody speaks: what stands before it at the head of a sentence is a name, unless it is a plural.
SPEAKS = _listed("""
    said says claims claimed warns warned argues argued insists insisted promises promised denies denied announced
    announces predicts predicted told tells calls called declared declares wants believes praises praised accuses
    accused vows vowed threatens threatened confirms confirmed dit affirme estime déclare annonce сказал сказала
    заявил заявила считает сообщил сообщила утверждает обещает
""")
# An opinion in a summary shows that it is one by any of these.
VOICES = (
    "according", "accus", "alleg", "argu", "article", "assert", "author", "believ", "call", "claim", "comment",
    "consider", "critic", "describ", "doubt", "expect", "express", "framed", "hope", "hopes", "insist", "judg", "laud",
    "opinion", "portray", "prais", "promis", "question", "report", "said", "say", "says", "source", "speak",
    "stress", "suggest", "suppos", "tell", "think", "view", "voice", "warn", "writ", "piece", "text", "document",
    "affirm", "auteur", "selon", "estim", "déclar", "dit", "juge", "avert", "critiqu", "craint", "dénonc", "pens",
    "автор", "мнению", "заяв", "говор", "сказ", "счита", "утвержд", "словам", "согласно", "сообщ", "предупре",
    "критик", "назыв", "стат", "полага",
)  # fmt: skip
