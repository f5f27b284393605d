"""What a section is by its name and address: ours, news in which ours may be, or no news at all.

The words are those of the menus of the portals in platforms.md and of provincial portals' usual
menus. Two traps rule the vocabulary. Short words of the field are parts of others (``hội`` in
``xã hội``, ``Hội đồng nhân dân``, ``lễ hội``; ``đoàn`` in ``Đoàn đại biểu Quốc hội``), so only whole
names count. And ``Đảng - Đoàn thể`` names our field but mixes in the Party's news, so it is ``news``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal
from urllib.parse import unquote, urlsplit

from vietnam.writing import fold

SectionKind = Literal["front", "news", "other", "none"]
"""``front`` and ``news`` as in storage.portals.Scope; ``other``: a listing of something else
(economy, sport), walked with ``--scope all`` only; ``none``: no articles (documents, contact, media)."""


SHORT_NAME = 6
"""Words up to which any news word makes a section; a longer text with one inside is a headline."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a section seems to be, and the words that say so."""

    kind: SectionKind
    reason: str


def _words(*phrases: str) -> re.Pattern[str]:
    longest_first = sorted(phrases, key=len, reverse=True)
    return re.compile(r"\b(?:" + "|".join(longest_first) + r")\b")


_OURS = _words(
    "mat tran to quoc viet nam",
    "mat tran to quoc",
    "mat tran",
    "mat tran tq",
    "mttq(?: ?vn)?",
    "ubmt(?:tq)?(?:vn)?",
    "ub mttq",
    "(?:to chuc )?doan the chinh tri(?: xa hoi)?",
    "to chuc chinh tri(?: xa hoi)?",
    "to chuc thanh vien",
    "to chuc ct ?xh",
    "(?:to chuc |hoi )?doan the",
    "cong doan",
    "ldld",
    "lien doan lao dong",
    "hoi (?:lien hiep |lh ?)?(?:phu nu|pn)(?: viet nam)?",
    "h?lhpn",
    "hoi nong dan",
    "hnd",
    "(?:hoi )?cuu chien binh",
    "h?ccb",
    "doan thanh nien",
    "doan tncs(?: ho chi minh| hcm)?",
    "doan hoi doi",
    "(?:tinh|thanh|huyen|quan|thi|xa|phuong) doan",
    "doan (?:xa|phuong|khoi)",
    "dai doan ket",
    "giam sat(?: va)? phan bien(?: xa hoi)?",
    "phan bien xa hoi",
)
"""The Front, the mass organizations, and the two tasks that are the Front's own by law."""

_ONLY_IN_ADDRESS = _words(
    "mattran(?:tq|toquoc)?", "doanthe", "hoidoanthe", "congdoan", "hoiphunu", "hoinongdan", "cuuchienbinh",
    "hoicuuchienbinh", "doanthanhnien", "tochucctxh",
)  # fmt: skip
"""Glued spellings of addresses."""

_MIXED_IN = _words(
    "xay dung dang", "dang(?! (?:ky|nhap|tin)\\b)", "dang uy", "tinh uy", "huyen uy", "thanh uy", "quan uy",
    "thi uy", "dan van",
    "tuyen giao", "chinh quyen", "hdnd", "hoi dong nhan dan", "ubnd", "uy ban nhan dan", "nha nuoc",
    "chinh phu", "quoc hoi", "dbqh", "chinh tri", "kinh te", "xa hoi", "van hoa", "an ninh", "quoc phong",
    "noi chinh", "giao duc", "y te", "phap luat", "thoi su", "trong nuoc", "quoc te", "the gioi", "the thao",
    "doi song", "nganh", "so ban nganh", "ban nganh", "phong ban", "co quan", "su kien",
)  # fmt: skip
"""Words beside ours that make a section ``news``: Party, government, or general subjects."""

_NEWS = _words(
    "(?<!thong )tin", "tin tuc", "ban tin", "thoi su", "su kien", "hoat dong", "chinh tri", "xa hoi",
    "xay dung dang",
    "dang", "tinh uy", "huyen uy", "thanh uy", "dan van", "phong trao", "thi dua", "dia phuong", "co so",
    "xa phuong", "nong thon moi", "phu nu", "nong dan", "thanh nien", "tuoi tre", "nguoi tot viec tot",
    "dien hinh", "an sinh", "nhan dao", "tu thien", "vi nguoi ngheo", "khuyen hoc", "chu thap do",
    "nguoi cao tuoi", "hoi quan chung", "news", "tong hop", "doi song", "ctxh",
)  # fmt: skip
"""``catalog=CTXH`` is the political and social news of Quảng Nam's WebCenter (platforms.md 5)."""

_NOT_NEWS = _words(
    "trang chu", "trang nhat", "home", "gioi thieu", "lien he", "contact", "about",
    "so do(?: trang| site| cong)?",
    "sitemap", "site map", "rss", "feeds?", "tim kiem", "search", "seek", "dang nhap", "dang ky",
    "dang xuat", "login", "users?", "thanh vien", "van ban", "vbqppl", "thu tuc(?: hanh chinh)?", "tthc",
    "dich vu cong",
    "bieu mau", "tai lieu", "tai nguyen", "hoi dap", "gop y", "phan anh kien nghi", "y kien",
    "duong day nong",
    "lich (?:cong tac|lam viec|tiep|tuan|hop)", "lich su(?: hinh thanh)?", "co cau(?: to chuc)?",
    "bo may(?: to chuc)?", "danh ba", "chuc nang", "nhiem vu", "hinh anh", "thu vien(?: anh| video)?",
    "album",
    "video", "clip", "audio", "podcast", "media", "truyen hinh", "truyen thanh", "phat thanh", "e magazine",
    "dau thau", "dau gia", "quy hoach", "du an", "ngan sach", "cong khai", "tuyen dung", "ban do", "thong ke",
    "khao sat", "tham do", "binh chon", "voting", "quang cao", "banners?", "lien ket", "website", "webmail",
    "thu dien tu", "email", "cong bao", "so lieu", "english", "tieng anh", "facebook", "youtube", "zalo",
    "chinh sach rieng tu", "dieu khoan", "siteterms", "tags?", "author", "tac gia", "sample page", "privacy",
    "dieu hanh tac nghiep", "hop thu", "cau hoi", "tra cuu", "download", "huong dan su dung", "doc bao",
)  # fmt: skip
"""Pages without articles. Documents are the one common listing among them that is not news."""


def judge_section(name: str, url: str) -> Judgement:
    """Judge a menu entry by its text (as printed, any case) and its absolute or relative address.

    The name decides; the address is asked where the name is empty or only says "news"
    (``Tin hoạt động`` at ``/mat-tran/tin-hoat-dong/`` is ours).
    """
    folded = fold(name)
    by_name = _judge(folded)
    names_ours = _OURS.search(folded) is not None
    if by_name is not None and (names_ours or by_name.kind == "none"):
        return by_name
    path = _words_of_address(url)
    ours = _OURS.search(path) or _ONLY_IN_ADDRESS.search(path)
    if ours is not None and len(folded.split()) <= SHORT_NAME and not _MIXED_IN.search(_OURS.sub(" ", path)):
        return Judgement("front", f"'{ours[0]}' in the address")
    if by_name is not None:
        return by_name
    if not folded:
        return _judge(path) or Judgement("other", "no known word")
    if (page := _NOT_NEWS.search(path)) is not None:
        return Judgement("none", f"'{page[0]}' in the address")
    return Judgement("other", "no known word")


_OWN_WORK = _words(
    "(?<!xa )(?<!le )(?<!dai )hoi(?! dong| nghi| vien)", "hoi vien", "doan vien", "doan", "cac cap hoi",
    "hoat dong", "phong trao", "dien hinh", "mo hinh", "cuoc van dong", "nguoi tot viec tot",
)  # fmt: skip

_EVENT = _words(
    "tham(?! gia| muu)", "tang(?! cuong)", "(?<!phong )trao(?! doi)",
    "ra quan", "phat dong", "khai mac", "be mac",
    "khanh thanh", "ban giao", "le (?:ky niem|ra mat|phat dong|trao|khoi cong|ket nap|cong bo)",
    "tap huan", "tong ket", "so ket", "tiep xuc cu tri", "to chuc(?= [a-z]+)", "lam viec voi", "phoi hop",
    "chung tay", "ung ho", "hop mat", "gap mat", "chuc mung", "kiem tra", "ket nap", "ky ket", "don nhan",
    "dat giai", "gianh", "soi noi", "tung bung", "huong toi", "quyet tam", "no luc", "vuot kho", "day manh",
    "tich cuc", "ho tro", "giup",
)  # fmt: skip
"""What a headline says an organization did. No name of the registry's sections has one beside an
organization ("Tổ chức hội" has nothing after it, "Tổ chức chính trị - xã hội" is an organization)."""

_GLUE = _words(
    "va", "cac", "cua", "ve", "voi", "trong", "tai", "cho", "cap", "nam", "huyen", "tinh", "thi", "xa",
    "phuong", "thanh pho", "quan", "tp", "cong tac", "trang", "chuyen muc", "chuyen trang", "uy ban", "ub",
    "viet nam", "ho chi minh", "hcm",
)  # fmt: skip
OWN_WORDS = 4
"""Words of a name besides all those of the field: a place's name has two or three of them."""


def is_headline(name: str) -> bool:
    """Whether a text that names an organization tells what it did, and so is an article's title.

    ``Hội Nông dân xã An Bình tặng quà`` and not ``Hội Nông dân xã An Bình``, ``Tin Hội Phụ nữ``. A name
    without an organization of ours is not judged: False.
    """
    folded = fold(name)
    if _OURS.search(folded) is None and _OWN_WORK.search(folded) is None:
        return False
    rest = _OURS.sub(" ", folded)
    if _EVENT.search(rest) is not None or re.search(r"\d", rest):
        return True
    for words in (_MIXED_IN, _NEWS, _GLUE):
        rest = words.sub(" ", rest)
    return len(rest.split()) > OWN_WORDS


def is_own_work(name: str) -> bool:
    """Whether a section of an organization's own site is about its work: ``Hoạt động Hội``,
    ``Gương điển hình``. On any other site such a name says nothing."""
    folded = fold(name)
    own = _OWN_WORK.search(folded) is not None and _MIXED_IN.search(folded) is None
    return own and not is_headline(name)


def _words_of_address(url: str) -> str:
    """Path segments and query values as folded words: ``/HoatDongDoanThe.aspx`` -> hoat dong doan the."""
    parts = urlsplit(url)
    text = unquote(f"{parts.path} {parts.query}")
    text = re.sub(r"\.(?:html?|aspx|php|jsp)\b", " ", text)
    text = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text)
    return fold(re.sub(r"[_=+]", " ", text))


def _judge(words: str) -> Judgement | None:
    """The verdict on folded words; None where none is known."""
    ours = _OURS.search(words)
    if ours is not None:
        mixed = _MIXED_IN.search(_OURS.sub(" ", words))
        if mixed is not None:
            return Judgement("news", f"mixed: '{ours[0]}' beside '{mixed[0]}'")
        if (page := _NOT_NEWS.search(_OURS.sub(" ", words))) is not None:
            return Judgement("none", f"'{page[0]}'")
        return Judgement("front", f"'{ours[0]}'")
    news = _NEWS.search(words)
    page = _NOT_NEWS.search(words)
    if page is not None and not (news is not None and news.start() == 0 and page.start() > news.end()):
        return Judgement("none", f"'{page[0]}'")
    if news is not None and (news.start() == 0 or len(words.split()) <= SHORT_NAME):
        return Judgement("news", f"'{news[0]}'")
    return None


_OWNERS_BY_HOST = (
    ("front", re.compile(r"mttq|mattran|ubmt|daidoanket")),
    ("trade_union", re.compile(r"ldld|congdoan|liendoanlaodong")),
    ("farmers", re.compile(r"hoinongdan|^hnd")),
    ("women", re.compile(r"phunu|lhpn|^hpn")),
    ("youth", re.compile(r"tuoitre|(?:tinh|thanh|huyen|quan)doan|thanhnien|doanthanhnien")),
    ("veterans", re.compile(r"cuuchienbinh|ccb")),
    ("party_committee", re.compile(r"(?:tinh|huyen|thanh)uy|\.dcs\.vn$|bantuyengiao|danvan")),
    ("provincial_newspaper", re.compile(r"^bao[a-z]+\.|tv\.vn$")),
)
"""Owners by host name, as the hosts of the registry show them."""

_OWNERS_BY_NAME = (
    ("front", _words("mat tran to quoc", "mat tran", "mttq")),
    ("trade_union", _words("lien doan lao dong", "ldld", "cong doan")),
    ("farmers", _words("hoi nong dan")),
    ("women", _words("hoi lien hiep phu nu", "hoi lhpn", "hoi phu nu")),
    ("youth", _words("doan thanh nien", "doan tncs", "(?:tinh|thanh|huyen|quan|thi) doan")),
    ("veterans", _words("hoi cuu chien binh")),
    ("party_committee", _words("tinh uy", "huyen uy", "thanh uy", "dang bo")),
    ("provincial_newspaper", re.compile(r"^(?:bao|dai phat thanh|dai pt th|dai truyen hinh)\b")),
)
_SITE_WORDS = re.compile(
    r"^(?:trang tin|trang chu|trang nhat|(?:cong(?! doan)|trang)(?: thong tin)?(?: dien tu)?|ttdt|website"
    r"|cua|uy ban|ub|ban)\b ?"
)


def judge_owner(host: str, site_name: str, *, otherwise: str = "other") -> str:
    """Who runs a site, by its host and its name: one of spiders.registry.OWNERS.

    A name counts by what it begins with, after ``Cổng thông tin điện tử`` and the like.
    ``otherwise`` is what the place of the host suggests (``district_portal`` …).
    """
    bare = host.lower().removeprefix("www.")
    for owner, pattern in _OWNERS_BY_HOST:
        if pattern.search(bare):
            return owner
    folded = fold(site_name)
    while (shorter := _SITE_WORDS.sub("", folded)) != folded:
        folded = shorter
    for owner, pattern in _OWNERS_BY_NAME:
        if pattern.match(folded):
            return owner
    return otherwise
