"""Sites whose pages carry their data in a script: Next.js with ``__NEXT_DATA__``, Nuxt with ``__NUXT__``."""

from __future__ import annotations

import json
import re
from math import ceil
from typing import ClassVar

from tests.spiders.unseen.site import PER_PAGE, Unseen
from tests.spiders.unseen.stories import Story


class NextData(Unseen):
    """Next.js that renders its frame on the server and its articles in the browser alone: text, date and
    rows stand in ``__NEXT_DATA__``, links of the rows as slugs that the menu's folder precedes."""

    editor: ClassVar[str] = "figure"

    def section_path(self, slug: str) -> str:
        return f"/{slug}"

    def page_path(self, slug: str, number: int) -> str:
        return self.section_path(slug) + (f"?page={number}" if number > 1 else "")

    def article_path(self, news: Story) -> str:
        return f"/{news.section}/{news.slug}"

    def data(self, props: dict[str, object]) -> str:
        told = {
            "props": {"pageProps": props},
            "page": "/[slug]",
            "query": {},
            "buildId": "k2x",
            "isFallback": False,
        }
        text = json.dumps(told, ensure_ascii=False).replace("</", "<\\/")
        return f'<script id="__NEXT_DATA__" type="application/json">{text}</script>'

    def told(self, story: Story) -> dict[str, object]:
        return {
            "id": story.number, "title": story.title, "slug": story.slug, "url": self.article_path(story),
            "description": story.lead, "thumbnail": self.picture(story), "publishedAt": story.day.isoformat(),
        }  # fmt: skip

    def frame(self, title: str, body: str) -> str:
        return (
            '<!DOCTYPE html><html lang="vi"><head><meta charSet="utf-8">'
            f"<title>{title}</title>{self.head()}</head><body>"
            f'<div id="__next">{self.menu()}<main class="min-h-screen"></main>'
            f"{self.footer()}</div>{body}</body></html>"
        )

    def home(self) -> str:
        return self.frame(self.title, self.data({"latest": [self.told(s) for s in self.latest(6)]}))

    def listing(self, slug: str, number: int) -> str:
        mine = self.news.get(slug, [])
        shown = mine[(number - 1) * PER_PAGE : number * PER_PAGE]
        more = {
            "page": number,
            "pageSize": PER_PAGE,
            "total": len(mine),
            "totalPages": ceil(len(mine) / PER_PAGE),
        }
        return self.frame(
            f"{self.names[slug][0]} - {self.title}",
            self.data(
                {
                    "category": {"name": self.names[slug][0], "slug": slug},
                    "posts": {"items": [self.told(s) for s in shown], "pagination": more},
                }
            ),
        )

    def article(self, story: Story) -> str:
        post = self.told(story) | {"content": self.body(story), "author": None}
        others = [self.told(s) for s in self.news[story.section][:4] if s is not story]
        return self.frame(f"{story.title} - {self.title}", self.data({"post": post, "related": others}))


class NuxtData(NextData):
    """Nuxt 2: a function of the values, whose arguments are those that come more than once; keys are bare."""

    def data(self, props: dict[str, object]) -> str:
        literal = re.sub(r'"(\w+)": ', r"\1:", json.dumps(props, ensure_ascii=False))
        literal = literal.replace(f"page:{PER_PAGE}", "page:b").replace("null", "a").replace("</", "<\\u002F")
        told = f'{{layout:"default",data:[{literal}],error:a,state:{{}},serverRendered:!0}}'
        return f"<script>window.__NUXT__=(function(a,b){{return {told}}}(null,{PER_PAGE}));</script>"


SCRIPTED: tuple[type[Unseen], ...] = (NextData, NuxtData)
