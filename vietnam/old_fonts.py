"""Text in the encodings of old fonts, TCVN3 and VNI, which comes as Latin-1: told and decoded."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from vietnam.syllables import is_syllable

# TCVN 5712:1993 (VN3, the .VnTime fonts) read as Latin-1. Capitals with a tone have no code: the
# fonts of capitals (.VnTimeH) show the small letters as large ones.
_TCVN3: Mapping[str, str] = dict(
    zip(
        "µ¸¶·¹¨»¾¼½Æ©ÇÊÈÉËÌÐÎÏÑªÒÕÓÔÖ×ÝØÜÞßãáâä«åèæçé¬êíëìîïóñòô\xadõøö÷ùúýûüþ®§¡¢£¤¥¦",
        "àáảãạăằắẳẵặâầấẩẫậèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵđĐĂÂÊÔƠƯ",
        strict=True,
    )
)
_VNI_TONES = {"ø": "\u0300", "ù": "\u0301", "û": "\u0309", "õ": "\u0303", "ï": "\u0323"}
_VNI_CIRCUMFLEX = {"â": "", "à": "\u0300", "á": "\u0301", "å": "\u0309", "ã": "\u0303", "ä": "\u0323"}
_VNI_BREVE = {"ê": "", "è": "\u0300", "é": "\u0301", "ú": "\u0309", "ü": "\u0303", "ë": "\u0323"}
_VNI_SINGLES = {
    "ì": "ì", "í": "í", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "ô": "ơ", "ö": "ư", "î": "ỵ", "ñ": "đ",
}  # fmt: skip


def _vni_table() -> dict[str, str]:
    table = dict(_VNI_SINGLES)
    for vowel in "aeouyôö":
        base = _VNI_SINGLES.get(vowel, vowel)
        table |= {vowel + mark: base + tone for mark, tone in _VNI_TONES.items()}
    for vowel in "aeo":
        table |= {vowel + mark: vowel + "\u0302" + tone for mark, tone in _VNI_CIRCUMFLEX.items()}
    table |= {"a" + mark: "a\u0306" + tone for mark, tone in _VNI_BREVE.items()}
    table = {old: unicodedata.normalize("NFC", new) for old, new in table.items()}
    upper = {old.upper(): new.upper() for old, new in table.items()}
    title = {old[0].upper() + old[1:]: new.upper() for old, new in table.items()}
    return table | upper | title


_VNI = _vni_table()
_VNI_CODE = re.compile("|".join(sorted(map(re.escape, _VNI), key=len, reverse=True)))
_TCVN3_TABLE = str.maketrans(dict(_TCVN3))
_UNICODE_LETTER = re.compile("[ĂăĐđĨĩŨũƠơƯư\u1ea0-\u1ef9]")
_TOKEN = re.compile(r"[^\s.,;:!?()\"“”…/]+")


def _share_of_syllables(accented: list[str]) -> float:
    return sum(map(is_syllable, accented)) / len(accented)


def decode_legacy(text: str) -> str | None:
    """Return the Unicode text of TCVN3 or VNI text, None where the text is neither.

    The input is such text read as Latin-1 or Windows-1252 ("Héi nghÞ", "Hoäi nghò"), before
    ``writing.clean``, which would drop TCVN3's ``ư`` (U+00AD). Judged by how many of its words with
    letters above ASCII become Vietnamese syllables: nearly all in the right table, few in a wrong one.
    """
    if text.isascii() or _UNICODE_LETTER.search(text):
        return None
    tokens = [token for token in _TOKEN.findall(text[:20_000]) if not token.isascii()]
    if len(tokens) < 3:  # two words can fit any table by chance
        return None
    as_it_is = _share_of_syllables(tokens)
    best, best_share = None, 0.0
    for decoded in (text.translate(_TCVN3_TABLE), _VNI_CODE.sub(lambda match: _VNI[match[0]], text)):
        changed = [token for token in _TOKEN.findall(decoded[:20_000]) if not token.isascii()]
        share = _share_of_syllables(changed) if changed else 0.0
        if share > best_share:
            best, best_share = decoded, share
    return best if best_share >= 0.8 and best_share > as_it_is + 0.2 else None
