"""ASP.NET without cookies: each visit gets a session number, and it stands in every address."""

from __future__ import annotations

import itertools
import re
from typing import cast

from crawler.running.crawl import crawl
from crawler.running.options import CrawlOptions
from storage import export
from storage.engine import open_database
from tests.loopback import Asked, Reply, redirect
from tests.spiders.small_portal import SmallPortal

SESSION = re.compile(r"/\(S\(\w+\)\)")


class Cookieless(SmallPortal):
    """A portal that sends whoever comes without a session number to the same page with a new one."""

    def answer_to(self, asked: Asked) -> Reply:
        if asked.path == "/robots.txt" or SESSION.match(asked.path):
            session = SESSION.match(asked.path)
            plain = Asked(asked.method, SESSION.sub("", asked.path), asked.headers, asked.body, asked.at)
            answer = super().answer_to(plain)
            assert isinstance(answer, bytes)
            if session is None:
                return answer
            head, _, body = answer.partition(b"\r\n\r\n")
            body = body.replace(b"<div class='content'>", b"<div class='content'><p><img src='/a.jpg'></p>")
            body = re.sub(rb"(href|src)='/(?=[\w?])", b"\\1='" + session[0].encode() + b"/", body)
            head = re.sub(rb"Content-Length: \d+", b"Content-Length: %d" % len(body), head)
            return head + b"\r\n\r\n" + body
        self.log.append(asked)
        return redirect(f"/(S(s{next(self.numbers)}z)){asked.path}")

    numbers = itertools.count(1)


def test_an_article_of_many_sessions_is_one_record_without_any(database_url: str) -> None:
    with Cookieless() as site:
        site.publish(14, days_old=13)
        options = CrawlOptions(delay=0.0, retry_wait=0.01, allow_addresses=("127.0.0.0/8",))
        first, second, third = (crawl([site.portal()], options, database_url)[0] for _ in range(3))
        wanted_picture = f"{site.url}a.jpg"
        wanted = {site.url.rstrip("/") + news.path for news in site.news}
    assert (first.verdict, first.new) == ("new", 14)
    assert [(r.verdict, r.new, r.changed) for r in (second, third)] == [("nothing_new", 0, 0)] * 2
    engine = open_database(database_url)
    records = list(export.records(engine))
    engine.dispose()
    assert {str(record["url"]) for record in records} == wanted
    assert all(len(cast("list[str]", record["urls"])) == 1 for record in records)
    pictures = [image for record in records for image in cast("list[dict[str, str]]", record["images"])]
    assert {image["url"] for image in pictures} == {wanted_picture}
