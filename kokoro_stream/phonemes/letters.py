"""How a word is written: which parts it has, and which of them can be read as words and not only letter by letter."""

from __future__ import annotations

from collections.abc import Callable

import regex

_VOWELS = frozenset("aeiouy")
_MARKED = regex.compile(r"\p{L}+(?:'\p{L}+)*|\d+")
# Humps of camelCase: acronyms with their ending ("GPUs"), capitalised words ("McKay", "DeAndre" and "O'Neil" are one).
_HUMPS = regex.compile(
    r"\p{Lu}{2,}s(?![\p{L}'])|(?:(?:Ma?c|Fitz|De|Di|Du|La|Le|O'|D')(?=\p{Lu}\p{Ll}))?\p{Lu}[\p{Ll}']+"
    r"|\p{Lu}+(?!\p{Ll})|[\p{Ll}']+|\p{L}"
)

# The consonant letters a word may begin with, and those that may follow its last vowel letter.
_WRITTEN_ONSETS = """
    b bh bl br c ch chl chr cl cr cz d dh dr dw f fl fr g gh gl gn gr gw h j k kh kl kn kr kw l ll m mn
    n p ph phl phr pl pn pr ps pt q r rh s sc sch schl schm schn schr schw scl scr sh shr sk sl sm sn sp
    sph spl spr sq st str sv sw t th thr thw tr ts tw tz v vl vr w wh wr x z zh
"""
_WRITTEN_CODAS = """
    b bb bs c ch ck cks cs ct cts d dd dg ds dt dth f ff ffs fs ft fth fts g gg gh ghs ght ghts gn gns
    gs h j k ks l lb lbs lc lch ld lds lf lfs lg lk lks ll lls lm lms ln lp lps ls lsh lt lth lts lv lve
    lves m mb mbs mm mn mns mp mph mps mpt mpts ms mth n nc nch nct ncts nd nds ng ngs ngth ngths nk nks
    nn nns ns nst nt nth nths nts nx nz p ph phs pp ps psh pt pth pts q r rb rbs rc rch rd rds rf rfs rg
    rgh rk rks rl rld rlds rls rm rms rmth rn rns rp rps rr rs rsh rst rt rth rths rts rv rx s sc sch sh
    sk sks sm sms sp sps ss st sts t tch th ths ts tt tts tz v w wd wds wk wks wl wls wn wns ws wt wth x
    xt xth xts z zz
"""

_ONSETS = frozenset(_WRITTEN_ONSETS.split())
_CODAS = frozenset(_WRITTEN_CODAS.split())


def parts(word: str) -> list[str]:
    """Runs of letters and of digits, camelCase taken apart: "parseHTML5" → parse HTML 5. Other characters are gone."""
    found: list[str] = []
    for part in _MARKED.findall(word):
        found += [part] if part[0].isdigit() else _HUMPS.findall(part)
    return found


def readable(letters: str) -> bool:
    """Whether ``letters``, in lower case, begin and end as words do and hold a vowel: "frodo", not "ffmpeg", "epfl"."""
    onset, coda = _edges(letters)
    return len(onset) < len(letters) and (not onset or onset in _ONSETS) and (not coda or coda in _CODAS)


def acronym_is_a_word(letters: str) -> bool:
    """Whether an acronym that nobody knows is rather said than spelled: "nimby", "frodo", not "hbcu" or "itu"."""
    runs = regex.findall(r"[aeiouy]+|[^aeiouy]+", letters)
    return len(letters) > 3 and readable(letters) and max(map(len, runs)) <= 2 and len(runs) > 2


def spelled_edges(letters: str, known: Callable[[str], bool]) -> tuple[str, str, str]:
    """What of a word in lower case is spelled, said, and spelled again: "rsync" → r sync, "systemctl" → system ctl.

    Only where what is said is ``known``: "aurochs" is a word as it stands.
    """
    onset, coda = _edges(letters)
    first = range(1, len(onset) + 1) if onset and onset not in _ONSETS else range(1)
    last = range(1, len(coda) + 1) if coda and coda not in _CODAS else range(1)
    cuts = ((start, len(letters) - end) for start in first for end in last if len(letters) - end - start > 2)
    start, end = next((cut for cut in cuts if known(letters[slice(*cut)])), (0, len(letters)))
    return letters[:start], letters[start:end], letters[end:]


def _edges(letters: str) -> tuple[str, str]:
    """The consonants in front of the first vowel letter and behind the last one."""
    vowels = [place for place, letter in enumerate(letters) if letter in _VOWELS]
    return (letters[: vowels[0]], letters[vowels[-1] + 1 :]) if vowels else (letters, "")
