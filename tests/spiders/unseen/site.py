"""What the made-up sites of this folder share: articles with all their parts, addresses, the truth of each.

A site is one class after what is known of a platform's pages: its addresses, its lists, its pager and the
markup around an article. Own texts, own markup; no page of any real site.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from math import ceil
from typing import ClassVar
from urllib.parse import parse_qsl, unquote, urlsplit

from crawler.reading import urls
from spiders.platforms import PLATFORMS
from tests.loopback import NOT_FOUND, Asked, Reply, http
from tests.portals.theme import PIXEL
from tests.spiders.odd_sites import SectionedSite
from tests.spiders.unseen.stories import Story, corpus

PER_PAGE = 6
NUMBERS = {"mat-tran": 31, "hoi-phu-nu": 32, "tin-tuc": 33, "kinh-te": 34, "van-ban": 35, "gioi-thieu": 36}
"""What a database calls the sections."""


@dataclass
class Unseen(SectionedSite[Story]):
    """A site of a platform. ``needed``: parameters without which its addresses answer something else."""

    news: dict[str, list[Story]] = field(default_factory=corpus)
    headers: ClassVar[dict[str, str]] = {}
    noise_params: ClassVar[str] = ""
    """Parameters that choose nothing here, as a pattern."""
    editor: ClassVar[str] = "plain"
    precision: ClassVar[str] = "minute"
    owner: ClassVar[tuple[str, str | None]] = ("district_portal", "Huyện Thọ Xuân")
    """Who runs it, and its district."""
    leads: ClassVar[bool] = True
    """Whether articles show their summary."""
    signed: ClassVar[bool] = True
    filed: ClassVar[bool] = True

    # -- truth ----------------------------------------------------------------------------------------

    def truth(self, story: Story) -> dict[str, object]:
        """What a record of the article should say; keys of the CONTRACT record."""
        day = story.day if self.precision == "minute" else story.day.replace(hour=0, minute=0)
        return {
            "title": story.title,
            "lead": story.lead if self.leads else None,
            "paragraphs": story.paragraphs(),
            "captions": [story.caption] if story.caption else [],
            "byline": story.byline if self.signed else None,
            "published_at": day.isoformat(),
            "published_precision": self.precision,
            "images": [story.picture],
            "attachments": [story.file] if story.file and self.filed else [],
        }

    def wanted(self) -> dict[str, Story]:
        """The articles that a crawl should keep, by address."""
        slugs = [slug for slug, (_, scope) in self.names.items() if scope in ("front", "news")]
        return {
            self.at(self.article_path(s)): s
            for slug in slugs
            for s in self.news.get(slug, ())
            if not s.off_topic
        }

    def kept(self) -> set[str]:
        return set(self.wanted())

    def at(self, path: str) -> str:
        return urls.canonical(super().at(path), PLATFORMS.get(self.platform))

    # -- answers --------------------------------------------------------------------------------------

    def _same(self, asked: str, own: str) -> bool:
        """Whether an asked address is one of the site's: the same path and parameters, in any order."""
        one, other = urlsplit(asked), urlsplit(own)
        if unquote(one.path).lower() != unquote(other.path).lower():
            return False
        there, here = (
            {
                (name.lower(), value)
                for name, value in parse_qsl(parts.query, keep_blank_values=True)
                if not (self.noise_params and re.fullmatch(self.noise_params, name))
            }
            for parts in (one, other)
        )
        return there == here

    def answer_to(self, asked: Asked) -> Reply:
        self.log.append(asked)
        path = asked.path
        own = self.own(path) or (self.posted(asked) if asked.method == "POST" else None)
        if own is not None:
            return own
        if re.search(r"\.jpg(?:[/?]|$)", path):
            return http(PIXEL, content_type="image/jpeg")
        if self._same(path, "/") or self._same(path, self.home_path()):
            return self.html(self.home())
        for slug in self.names:
            size = len(self.news.get(slug, ()))
            for number in range(1, max(2, ceil(size / PER_PAGE) + 2)):
                if self._same(path, self.page_path(slug, number)):
                    return self.html(self.listing(slug, number))
        for story in (s for some in self.news.values() for s in some):
            if self._same(path, self.article_path(story)):
                return self.html(self.article(story))
        return self.lost(path)

    def posted(self, asked: Asked) -> bytes | None:
        """The answer to a form."""
        return None

    def lost(self, path: str) -> Reply:
        """The answer to an address that is none."""
        return NOT_FOUND

    def html(self, text: str) -> bytes:
        return http(text, **self.headers)

    def home_path(self) -> str:
        return "/"

    # -- parts of a page --------------------------------------------------------------------------------

    def menu(self) -> str:
        items = "".join(f'<li><a href="{path}">{name}</a></li>' for path, name in self.links())
        return (
            f'<div id="menu"><ul class="nav"><li><a href="{self.home_path()}">Trang chủ</a>'
            f"</li>{items}</ul></div>"
        )

    def picture(self, story: Story) -> str:
        return f"/images/{story.picture}"

    def file_link(self, story: Story) -> str:
        return f"/files/{story.file}"

    def latest(self, count: int = 5) -> list[Story]:
        return sorted((s for some in self.news.values() for s in some), key=lambda s: s.day)[::-1][:count]

    def home(self) -> str:
        return self.frame(self.title, self.rows(self.latest(6)))

    def listing(self, slug: str, number: int) -> str:
        mine = self.news.get(slug, [])
        name = self.names[slug][0]
        shown = mine[(number - 1) * PER_PAGE : number * PER_PAGE]
        if not mine:
            return self.frame(f"{name} - {self.title}", f"<h1>{name}</h1><p>Nội dung {name} của huyện.</p>")
        last = ceil(len(mine) / PER_PAGE)
        return self.frame(
            f"{name} - {self.title}", self.list_page(slug, shown, self.pager(slug, number, last))
        )

    def list_page(self, slug: str, shown: list[Story], pager: str) -> str:
        return f"<h1>{self.names[slug][0]}</h1>{self.rows(shown)}{pager}"

    def body(self, story: Story, *, signed: bool | None = None) -> str:
        """The text with its picture, file and signature as the site's editor writes them."""
        src, caption = self.picture(story), story.caption
        texts = story.paragraphs()
        file = f'<a href="{self.file_link(story)}">{story.file}</a>' if story.file and self.filed else ""
        name = story.byline if (self.signed if signed is None else signed) else ""
        return EDITORS[self.editor](texts, src, caption, name, file)


def _plain(texts: list[str], src: str, caption: str | None, name: str, file: str) -> str:
    told = [f"<p>{text}</p>" for text in texts]
    told.insert(1, f'<p style="text-align:center"><img src="{src}" alt="" width="600"></p>')
    if caption:
        told.insert(2, f'<p style="text-align:center"><em>{caption}</em></p>')
    if name:
        told.append(f'<p style="text-align:right"><strong>{name}</strong></p>')
    return "\n".join(told) + (f"<p>{file}</p>" if file else "")


def _word(texts: list[str], src: str, caption: str | None, name: str, file: str) -> str:
    """A paste from a word processor, the picture and its line in a table."""

    def paragraph(text: str, style: str = "text-align:justify") -> str:
        return (
            f'<p class="MsoNormal" style="{style};margin-bottom:6.0pt"><span style="font-size:14.0pt;'
            f'font-family:&quot;Times New Roman&quot;,serif">{text}<o:p></o:p></span></p>'
        )

    told = [paragraph(text) for text in texts]
    line = f"<tr><td>{paragraph(f'<i>{caption}</i>', 'text-align:center')}</td></tr>" if caption else ""
    told.insert(
        2,
        '<table class="MsoTableGrid" border="0" cellspacing="0" cellpadding="0" '
        'align="center"><tbody><tr><td>'
        f'<p class="MsoNormal" align="center"><img border="0" src="{src}" width="520"></p></td></tr>{line}'
        "</tbody></table>",
    )
    if name:
        told.append(paragraph(f"<b>{name}</b>", "text-align:right"))
    return "".join(told) + (paragraph(file) if file else "")


def _table(texts: list[str], src: str, caption: str | None, name: str, file: str) -> str:
    """Two cells, one over the other, the line of the picture in small plain type; texts in ``div``."""
    told = [f"<div>{text}</div><div>&nbsp;</div>" for text in texts]
    line = f"<tr><td>{caption}</td></tr>" if caption else ""
    told.insert(
        1,
        '<table align="center" border="0" cellpadding="1" style="width:500px"><tbody><tr><td>'
        f'<img alt="" src="{src}" style="width:500px"></td></tr>{line}</tbody></table>',
    )
    if name:
        told.append(f'<div style="text-align:right"><b>{name}</b></div>')
    return "".join(told) + (f"<div>{file}</div>" if file else "")


def _breaks(texts: list[str], src: str, caption: str | None, name: str, file: str) -> str:
    told = [*texts]
    line = f"<br><i>{caption}</i>" if caption else ""
    told.insert(1, f'<center><img src="{src}">{line}</center>')
    if name:
        told.append(f"<b>{name}</b>")
    return "<br><br>\n".join(told) + (f"<br>{file}" if file else "")


def _figure(texts: list[str], src: str, caption: str | None, name: str, file: str) -> str:
    told = [f"<p>{text}</p>" for text in texts]
    line = f"<figcaption>{caption}</figcaption>" if caption else ""
    told.insert(1, f'<figure class="image"><img src="{src}" alt="">{line}</figure>')
    if name:
        told.append(f"<p><strong>{name}</strong></p>")
    return "".join(told) + (f"<p>{file}</p>" if file else "")


EDITORS = {"plain": _plain, "word": _word, "table": _table, "breaks": _breaks, "figure": _figure}
