"""Lines and class names that are never an article's text: the closed vocabularies of widgets.

Patterns of lines are matched against the folded line (:func:`vietnam.writing.fold`): lower case, no
marks, no punctuation, so that "Lượt xem: 1.440" is ``luot xem 1 440``.
"""

from __future__ import annotations

import re
from functools import lru_cache

from crawler.reading.patterns import any_of, either_case, token
from vietnam import writing

_WIDGETS = any_of(
    # zoom and font controls, loaders, empty fields ("100%", "loading....", "A- A A+")
    r"\d{1,3}",
    r"loading|dang tai|null|undefined|xuat ban thong tin",
    r"(?:(?:xem )?(?:voi )?co chu|font size|kich (?:thuoc|co)(?: chu)?)?(?: ?a){0,4}(?: mac dinh)?",
    r"phong to|thu nho|mac dinh",
    # reading aloud, printing, mailing, saving, sharing
    r"(?:doc|nghe|luu|in|chia se|share|gui|goi|print|email|tai|copy|danh gia|binh luan|bao loi|theo doi)"
    r"(?: (?:bai|viet|bao|tin|trang|nay|email|mail|link|noi dung|ve|cho|ban be|audio|len|facebook|zalo"
    r"|article|this|page|bang giong (?:noi|doc)|qua)){0,6}",
    r"(?:phien )?ban (?:de )?in|in ra|in an|luu lai|gui (?:binh luan|phan hoi|y kien).{0,20}",
    r"giong (?:nam|nu)(?: mien (?:bac|nam))?|toc do doc.{0,30}|play|pause|mute",
    r"facebook|twitter|tweet|zalo|linkedin|pinterest|messenger|telegram|google plus|like|save",
    r"instagram|youtube|whatsapp|theo doi .{0,60}tren google news|google news",
    # ways out
    r"tro (?:ve|lai)(?: (?:dau trang|trang truoc|trang chu))?|quay lai|(?:ve|len) dau trang|trang chu|home",
    r"xem (?:tiep|them|chi tiet|tat ca)|chi tiet|read more|skip (?:to|ribbon).{0,60}",
    r"trang (?:so )?\d{1,2}(?: (?:tren )?(?:tong so )?\d{1,2})?(?: trang)?",
    # counters, ratings, comments
    r"(?:so )?(?:luot|lan) (?:xem|doc|truy cap|thich|like|chia se)(?: tin)?[ \d]*",
    r"[ \d]+(?:luot|lan) (?:xem|doc|truy cap)",
    r"(?:da )?xem[ \d]+(?:lan)?|(?:views?|hits?|luot)[ \d]+",
    r"[ \d]+(?:views?|hits?|phan hoi|binh luan|nhan xet|comments?|y kien)",
    r"tong so diem cua bai viet.{0,80}|click de danh gia.{0,40}",
    r"(?:(?:ban )?danh gia|binh chon)(?: bai viet| tin)?(?: nay)?[ \d]*",
    r"(?:danh gia|binh chon)(?: bai viet| tin)?[ \d]{1,12}(?:luot|phieu|sao)(?: danh gia| binh chon)?",
    r"xep hang .{0,60}phieu bau|(?:viet|de lai) (?:mot )?(?:binh luan|tra loi).{0,20}|tra loi|huy",
    r"email cua ban se khong duoc .{0,120}|your browser does not support.{0,80}",
    r"trinh duyet .{0,40}khong ho tro.{0,60}",
    # labels of tag lists, advertising
    r"(?:tu khoa|tags?|the|chu de|nhan)(?: bai viet)?|advertisement|quang cao|muc luc(?: bai viet)?",
)
_ENGLISH_WIDGETS = any_of(
    # what asks for money, an address or a click; how long a text takes
    r"(?:please )?(?:subscribe|sign (?:up|in)|log in|register|become a member|join|create an? account)"
    r"(?: (?:now|today|for|free|or|and|to|our|the|your|here|with|an?|us|daily|weekly|morning|latest|news"
    r"|newsletters?|updates?|inbox|email|by|log in|sign in|register|continue|reading|keep|read|this|rest|of"
    r"|full|unlimited|access|articles?|story|stories|more|members?|subscribe|account)){0,16}",
    r"(?:already|not yet) (?:a )?(?:subscribers?|members?|registered|have an account|subscribed).{0,120}",
    r"th(?:is|e) (?:article|story|content) is (?:only )?(?:for|available to) (?:subscribers|members).{0,80}",
    r"you (?:have|ve) (?:reached|read|used) .{0,40}(?:free )?(?:articles?|stories).{0,60}",
    r"(?:article|story) continues (?:below|after)(?: this)?(?: the)?(?: advertisement| ad)?",
    r"continue reading(?: below)?|scroll (?:down )?(?:to|for) .{0,40}|advertisements?|sponsored(?: content)?",
    r"\d{1,3} ?min(?:ute)?s?(?: read)?|(?:estimated )?read(?:ing)? time \d.{0,20}|follow(?: us)?|listen",
    r"(?:was|is) this (?:page|article|content) (?:helpful|useful).{0,30}|back to (?:top|index|home)",
    r"page \d+ of \d+[ \d]*(?:(?:next|previous)(?: page)?)?|(?:next|previous) page",
    r"(?:share|save|print|email|tweet|pin|copy)(?: (?:this|on|via|link|to|article|story|post|page|with|your"
    r"|it|facebook|twitter|linkedin|whatsapp|email|reddit|friends?|a|pinterest|x|bluesky)){1,8}",
)
"""Asked of lines without a Vietnamese letter alone: of Vietnamese pages few are."""
_WIDGET_AND_SPACE = re.compile(f"(?:{_WIDGETS.pattern})(?: |$)")
_END_LABELS = any_of(
    r"(?:(?:cac|nhung|danh sach|mot so) )*(?:tin|bai)(?: (?:bai|viet|tuc|tin|da|dang))*"
    r" (?:cung (?:chuyen muc|chuyen de|loai|chu de|danh muc|tac gia|su kien)|lien quan|khac|moi hon|cu hon"
    r"|da dua|da dang|moi nhat|moi|cu|doc nhieu|xem nhieu|noi bat|cung (?:linh vuc|the loai|nhom|muc))"
    r"(?: (?:khac|nhat|hon|cung (?:chuyen muc|chu de|linh vuc|the loai|loai|nhom|muc|danh muc)))?(?: \d+)?",
    r"cung chuyen muc|(?:noi dung )?lien quan|noi dung khac|related|(?:doc|xem) nhieu(?: nhat)?",
    r"(?:co the ban|ban co the) (?:quan tam|se thich|thich|muon xem|chua biet|cung thich)",
    r"y kien (?:ban doc|cua ban|phan hoi|binh luan)",
    r"(?:(?:viet|gui|them|de lai) )?binh luan(?: bai viet| cua ban)?",
    r"phan hoi(?: ban doc)?|thao luan|(?:cac |viet )?nhan xet",
    r"leave a (?:reply|comment)|comments?|\d+ comments?",
    r"you may also like|related (?:posts?|articles?|news|stories|content|topics)",
    r"more (?:from|on|in|stories|news|like)\b.{0,40}|read next|recommended(?: for you)?",
    r"most (?:read|popular)|trending(?: now)?|you might (?:also )?like.{0,20}|see also|further reading",
    r"up next|next up|keep reading",
    r"(?:top|latest|other|popular|similar|featured) (?:stories|news|articles?|posts?|videos?)",
    r"(?:next|previous) (?:article|story|post)|editor s picks?|what to read next|around the web",
    r"share this(?: article| story| post)?|don t miss|join the (?:conversation|discussion)",
    r"\d+ (?:responses?|thoughts|repl(?:y|ies)|reactions?)(?: (?:to|on) .{0,50})?",
    r"(?:post|add) a comment",
)
_COMMENT_LABELS = any_of(
    r"(?:(?:viet|gui|them|de lai) )?binh luan(?: bai viet| cua ban(?: doc)?)?",
    r"y kien (?:ban doc|cua ban|phan hoi|binh luan)",
    r"phan hoi(?: ban doc)?|(?:reader )?comments?|(?:leave|post|add) a (?:reply|comment)|\d+ comments?",
    r"\d+ (?:responses?|thoughts|repl(?:y|ies)|reactions?)(?: (?:to|on) .{0,50})?",
)
_FOLLOWED = re.compile(
    r"\bfollow (?:him|her|them|us|me|@?\w+) (?:on|at)"
    r" (?:twitter|facebook|instagram|x|mastodon|bluesky|linkedin|threads)\b",
    re.I,
)
_CONTACTED = re.compile(
    r"(?:contact|email|write to|reach) (?:the (?:author|writer|reporter|editor)|us|him|her|me)"
    r" (?:at|via|on)\b",
    re.I,
)
_NOTE_LIMIT = 280
"""Characters of a line about the author under a text."""
_COUNT = re.compile(r" \d{1,5}$")
_SEE_ALSO = any_of(
    r"(?:xem|đọc)\s+(?:thêm|tiếp|chi tiết)|(?:tin|bài)\s+liên\s+quan|tham\s+khảo(?:\s+thêm)?",
    r"mời\s+(?:bạn\s+|quý vị\s+)?(?:xem|đọc)(?:\s+thêm)?|see\s+also|read\s+(?:more|also)|also\s+read",
    r"related\s*:|watch\s*:|listen\s*:|(?:à\s+)?lire\s+aussi|lesen\s+sie\s+auch|mehr\s+zum\s+thema|leggi\s+anche",
    r"le[ea]r?\s+también|ver\s+también|leia\s+(?:também|mais)|lees\s+ook",
    start=r"^[\s>»›▶►•*+\-–—\[(]*",
    end=r"\b",
)
_TAGS_LABEL = re.compile(r"^\W{0,3}(?:từ kh(?:óa|oá)|tags?|thẻ|hashtags?|chủ đề|keywords?)\s*[:：]", re.I)
_HASHTAGS = re.compile(r"(?:#\w{2,60}[\s,;|]*){1,40}")
"""A line of hashtags and nothing else ("#MTTQ #daidoanket")."""
_ARROWS = re.compile(r"^\s*(?:>{2,}|»+|▶|►|➤|=>)")
_IMPRINT = any_of(
    r"©|copyright|bản quyền|ghi rõ nguồn|giấy phép (?:số|xuất bản|hoạt động|thiết lập)|chịu trách nhiệm",
    r"cơ quan chủ quản|tổng biên tập\s*:|trưởng ban biên tập|(?:địa chỉ|điện thoại|email)\s*:",
    r"thiết kế (?:bởi|và)|powered by|phát triển bởi|all rights reserved|đơn vị (?:chủ quản|phát triển)",
    r"số lượt truy cập|đang (?:online|truy cập)|lượt truy cập|thống kê truy cập",
    start="^",
)

_IMPRINT_BEGINS = either_case("co bả gh gi ch cơ tổ tr đị đi em th ph po al đơ số đa lư")
"""The first two letters of each, and "©" with whatever stands behind it."""
_IMPRINT_BEGINNINGS = (
    *("©", "copyright", "bản quyền", "ghi rõ", "giấy phép", "chịu", "cơ quan", "tổng biên", "trưởng"),
    *("địa chỉ", "điện", "email", "thiết kế", "powered", "phát", "all right", "đơn vị", "số lượt"),
    *("đang", "lượt truy", "thống kê"),
)
"""Their first letters, nine at most, where two of them are not enough to tell."""
_BEGINNING = 9

_COPYRIGHT = any_of(r"©|\(c\)\s|copyright|bản quyền|ghi rõ nguồn|all rights reserved", start=r"^\W{0,3}")

_ROLES = (
    ("caption", re.compile(r"caption|chu[_-]?thich|(?:img|photo|image)[_-]?desc|mota-?anh|figcap|note-?anh")),
    (
        "noise",
        token(
            r"relate[ds]?|other-?news|tin-?lien-?quan|tin-?khac|cungchuyenmuc|same-?cat|jp-relatedposts",
            r"comments?|respond|reply|feedback|disqus\w*|livefyre|fb-\w+|ratings?|stars?|vot(?:e|ing)|poll",
            r"shar(?:e|ing)|socials?|social-\w+|addthis|sharethis|sharedaddy|toolbar|tools|tts|audio-player",
            r"breadcrumbs?|nav|navbar|navigation|menu|sidebar|widgets?|pagination|pager|paging|page-?(?:links|nav|navi|numbers)|prev-?next|skip-link",
            r"advert\w*|ads?|banner|promo|sponsor\w*|outbrain|taboola|newsletter|subscribe|popup|modal|cookie\w*",
            r"footer|copyright|licen[cs]e|login|search|searchform|counter|hits|views|view-?count|luot-?xem|thong-?ke|truycap|lienketweb",
            r"tags?|taglist|tag-links|hashtag|keywords?|toc|table-of-contents|author-?(?:box|bio)|about-(?:the-)?author|bio|weather",
            r"font-?size(?!-(?:text|\d|xs|sm|md|lg|xl|base|content))|zoom|most-?read|docnhieu|xemnhieu|carousel|slider",
        ),
    ),
    (
        "lead",
        token(
            r"lead|brief|summary|hometext|tom-?tat|trich-?dan|trichyeu|abstract|standfirst|chapeau|intro|introtext|dek",
            r"subhead|sub-?title|excerpt|mo-?ta|teaser-text|short-?desc\w*|desc|description|news-?desc|\w*sapo\w*",
        ),
    ),
    (
        "byline",
        token(r"p?_?author|byline|tac-?gia|nguon-?tin|nguon|writer|but-?danh"),
    ),
    (
        "date",
        token(
            r"date|time|datetime|pubdate|publish\w*|ngay-?dang|posted-?on|post-?date",
            r"created?-?(?:date|time)|news-?date|meta-date",
        ),
    ),
)
_COMMENTS = token(r"comments?|commentlist|respond|replies|disqus\w*|discussion|livefyre")
_DETAILS = token(
    r"(?:article|post|entry|story|news)-?info|meta|metadata|badge|byline|kicker|eyebrow|dateline"
)
_PRINT_BUTTON = re.compile(
    r"(?:^|\s)(?:(?:btn|icon|link|post|item|social)-)?print(?:er)?(?:-(?:btn|button|link|icon|action|mail|this))?(?=\s|$)"
)
"""The button; "print-content", "divPrint" and "print_area" are what it prints: the text."""
_ABOUT_NAMES = re.compile(
    r"(?:category|tag|post|elementor|vc|wpb|menu-item-type|col|has|no|with|allow|td-ss|is-layout|field-{1,2}type|wp-container)[-_]"
)
"""Name prefixes that say what an element is about or how it is laid out, not what it is: WordPress's
``tag-mat-tran`` on the article, page builders that call every box a widget, ``has-sidebar``, SharePoint's
``allowMenu``."""
_YET_TELLING = (
    *("post-tags", "post-nav", "post-share", "post-meta", "post-date", "tag-links", "tag-list"),
    *("post-summary", "post-excerpt", "post-desc", "post-sapo", "post-author", "post-related"),
)


@lru_cache(maxsize=4096)
def role(names: str) -> str | None:
    """What an element's class and id (``names``, lower case, by spaces) say of its text: "caption",
    "noise", "lead", "byline", "date", or None."""
    telling = [
        name for name in names.split() if not _ABOUT_NAMES.match(name) or name.startswith(_YET_TELLING)
    ]
    kept = " ".join(telling)
    if _PRINT_BUTTON.search(kept):
        return "noise"
    return next((name for name, pattern in _ROLES if pattern.search(kept)), None) if kept else None


def names_comments(names: str) -> bool:
    """Whether an element's class and id call it what readers wrote under an article."""
    return bool(_COMMENTS.search(names))


def names_details(names: str) -> bool:
    """Whether an element's class and id call it what stands about a headline: date, author, section."""
    return bool(_DETAILS.search(names))


LONGEST = 160
"""Characters of a line that may be a widget's, or a label before what follows an article."""


def is_widget(text: str) -> bool:
    """Whether a whole line is the text of a widget: a counter, a button, a font control."""
    if len(text) > LONGEST:
        return False
    return _is_widget(text)


def is_end_label(text: str) -> bool:
    """Whether a line heads what follows an article: related titles, comments."""
    return len(text) <= 60 and _is_end_label(text)


@lru_cache(maxsize=4096)
def _is_widget(text: str) -> bool:
    if not any(map(str.isalnum, text)) or (text[0] == "#" and _HASHTAGS.fullmatch(text)):
        return True
    folded = writing.fold(text)
    # prose begins like no widget: one attempt in place of three
    begins = _WIDGET_AND_SPACE.match(folded) is not None
    if (begins and _WIDGETS.fullmatch(folded)) or (text.isascii() and _ENGLISH_WIDGETS.fullmatch(folded)):
        return True
    return begins and _is_row_of_widgets(folded)


def _is_row_of_widgets(folded: str) -> bool:
    """Whether a line is nothing but buttons side by side ("Facebook In trang Gửi email")."""
    position = 0
    for _ in range(8):
        match = _WIDGET_AND_SPACE.match(folded, position)
        if match is None or match.end() == position:
            return False
        position = match.end()
        if position == len(folded):
            return True
    return False


@lru_cache(maxsize=4096)
def _is_end_label(text: str) -> bool:
    return bool(_END_LABELS.fullmatch(_COUNT.sub("", writing.fold(text))))


def is_comments_label(text: str) -> bool:
    """Whether a line heads the comments of readers, of which nothing is the article's."""
    return len(text) <= 60 and bool(_COMMENT_LABELS.fullmatch(_COUNT.sub("", writing.fold(text))))


def is_author_note(text: str) -> bool:
    """Whether a line under a text is about its author ("… Follow her on Twitter @x.")."""
    if len(text) > _NOTE_LIMIT:
        return False
    # "follow" before the expression, which takes 45,000 instructions to search a line, and before that the
    # letter that Vietnamese does not write with: to lower a line takes 8,000
    may_follow = ("w" in text or "W" in text) and "follow" in text.lower()
    return bool(_CONTACTED.match(text) or (may_follow and _FOLLOWED.search(text)))


def is_see_also(text: str) -> bool:
    """Whether a line begins like a pointer to another article ("Xem thêm: …", ">>> …")."""
    return bool(_SEE_ALSO.match(text) or _ARROWS.match(text))


def tags_label(text: str) -> str:
    """The label that a line of tags begins with ("Từ khóa:"), "" for any other line."""
    label = _TAGS_LABEL.match(text)
    return label[0] if label else ""


def is_copyright(text: str) -> bool:
    """Whether a line claims the copyright, as themes print under a text."""
    return len(text) <= 160 and bool(_COPYRIGHT.match(text))


def is_imprint(text: str) -> bool:
    """Whether a line is of a page's imprint: address, licence, copyright."""
    # one paragraph in three begins with the two letters: the expression takes 4,500 instructions
    if text[:2] not in _IMPRINT_BEGINS and text[:1] != "©":
        return False
    return text[:_BEGINNING].lower().startswith(_IMPRINT_BEGINNINGS) and bool(_IMPRINT.match(text))
