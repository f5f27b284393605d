"""Lists whose further pages a button posts for, as hand-made PHP portals have them."""

from __future__ import annotations

import json
from collections.abc import Callable
from urllib.parse import parse_qs

import pytest

from crawler.running.crawl import crawl
from crawler.running.options import CrawlOptions
from tests.loopback import Asked, Reply, http
from tests.spiders.small_portal import SmallPortal

SCRIPT = (
    "<script>$('.xem-them').click(function(){var b=$(this);$.post(b.data('url'),{page:b.data('page'),"
    "cat:b.data('cat')},function(html){$('.list').append(html);b.data('page',b.data('page')+1)})})</script>"
)
AT = "data-url='/ajax/tai-tin.php' data-cat='7'"
BUTTONS = {
    "a script that posts": f"<button class='xem-them' {AT} data-page='2'>Xem thêm</button>{SCRIPT}",
    "an attribute": f"<a class='more' data-method='POST' {AT} data-page='1'>Xem thêm tin</a>",
    "fetch": f"<span id='them' {AT} data-page='2'>Tải thêm</span><script>"
    "const b=document.querySelector('#them');fetch(b.dataset.url,{method: 'POST'})</script>",
}


class Posted(SmallPortal):
    """A portal whose first page ends with a button; a POST of page and section gives the rows of a page."""

    button = ""
    whole: Callable[[str], bytes] = staticmethod(http)

    def answer_to(self, asked: Asked) -> Reply:
        if asked.path != "/ajax/tai-tin.php":
            return super().answer_to(asked)
        self.log.append(asked)
        fields = {name: values[0] for name, values in parse_qs(asked.body.decode()).items()}
        if asked.method != "POST" or fields.get("cat") != "7":
            return http("<p>Yêu cầu không hợp lệ</p>", "405 Method Not Allowed")
        listing = super().listing("mat-tran", int(fields["page"]))
        return type(self).whole(
            listing.partition("<div class='list'>")[2].partition("</div><div class='pag")[0]
        )

    def listing(self, section: str, page: int) -> str:
        first = super().listing(section, page)
        head, _, _ = first.partition("<div class='pagination'>")
        return f"{head}{self.button}</main></body></html>"


class PostedJson(Posted):
    """The same, the rows within JSON."""

    whole = staticmethod(
        lambda rows: http(json.dumps({"status": 1, "html": rows}), content_type="application/json")
    )


@pytest.mark.parametrize("kind", [Posted, PostedJson])
@pytest.mark.parametrize("button", BUTTONS)
def test_a_list_that_a_button_posts_for_is_walked_to_its_end(
    database_url: str, kind: type[Posted], button: str
) -> None:
    with kind() as site:
        site.button = BUTTONS[button]
        site.publish(45, days_old=100)
        options = CrawlOptions(delay=0.0, retry_wait=0.01, allow_addresses=("127.0.0.0/8",))
        first, second = (crawl([site.portal()], options, database_url)[0] for _ in range(2))
    assert (first.verdict, first.new, first.failed) == ("new", 45, 0)
    assert (second.verdict, second.new) == ("nothing_new", 0)
