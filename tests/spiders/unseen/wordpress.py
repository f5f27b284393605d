"""WordPress sites made with page builders."""

from __future__ import annotations

from typing import ClassVar

from tests.spiders.unseen.site import NUMBERS, Unseen
from tests.spiders.unseen.stories import Story


class Elementor(Unseen):
    """WordPress built with Elementor: posts grid of cards without dates, single template of widgets."""

    platform: ClassVar[str] = "wordpress"
    editor: ClassVar[str] = "figure"

    def section_path(self, slug: str) -> str:
        return f"/category/{slug}/"

    def page_path(self, slug: str, number: int) -> str:
        return self.section_path(slug) + (f"page/{number}/" if number > 1 else "")

    def article_path(self, news: Story) -> str:
        return f"/{news.slug}/"

    def head(self) -> str:
        return (
            '<meta name="generator" content="WordPress 6.4.3">'
            '<meta name="generator" content="Elementor 3.19.2">'
            '<link rel="stylesheet" '
            'href="/wp-content/plugins/elementor/assets/css/frontend.min.css">'
        )

    def rows(self, news: list[Story]) -> str:
        return (
            '<div class="elementor-widget-container"><div class="elementor-posts-container '
            'elementor-posts elementor-posts--skin-cards elementor-grid">'
            + "".join(
                f'<article class="elementor-post elementor-grid-item post-{s.number} post '
                f'type-post category-{s.section}"><div class="elementor-post__card">'
                f'<a class="elementor-post__thumbnail__link" href="{self.article_path(s)}">'
                f'<div class="elementor-post__thumbnail"><img src="{self.picture(s)}"></div></a>'
                '<div class="elementor-post__text"><h3 class="elementor-post__title">'
                f'<a href="{self.article_path(s)}">{s.title}</a></h3>'
                f'<div class="elementor-post__excerpt"><p>{s.lead}</p></div>'
                f'<a class="elementor-post__read-more" href="{self.article_path(s)}">Đọc tiếp '
                '»</a></div><div class="elementor-post__meta-data">'
                f'<span class="elementor-post-date">{s.day:%d/%m/%Y}</span></div></div>'
                "</article>"
                for s in news
            )
            + "</div></div>"
        )

    def pager(self, slug: str, number: int, last: int) -> str:
        pages = "".join(
            '<span aria-current="page" class="page-numbers current">'
            f'<span class="elementor-screen-only">Trang</span>{n}</span>'
            if n == number
            else f'<a class="page-numbers" href="{self.page_path(slug, n)}">'
            f'<span class="elementor-screen-only">Trang</span>{n}</a>'
            for n in range(1, last + 1)
        )
        return f'<nav class="elementor-pagination" aria-label="Phân trang">{pages}</nav>'

    def article(self, story: Story) -> str:
        others = "".join(
            '<article class="elementor-post"><h3 class="elementor-post__title">'
            f'<a href="{self.article_path(s)}">{s.title}</a></h3>'
            f'<span class="elementor-post-date">{s.day:%d/%m/%Y}</span></article>'
            for s in self.news[story.section][:3]
            if s is not story
        )
        return self.frame(
            f"{story.title} - {self.title}",
            '<div data-elementor-type="single-post" class="elementor '
            'elementor-location-single post type-post">'
            '<div class="elementor-element elementor-widget '
            'elementor-widget-theme-post-title"><div class="elementor-widget-container">'
            f'<h1 class="elementor-heading-title">{story.title}</h1></div></div>'
            '<div class="elementor-element elementor-widget elementor-widget-post-info">'
            '<div class="elementor-widget-container"><ul class="elementor-inline-items">'
            '<li><span class="elementor-icon-list-text '
            f'elementor-post-info__item--type-date">{story.day:%d/%m/%Y}</span></li><li>'
            f'<span class="elementor-post-info__item--type-time">{story.day:%H:%M}</span>'
            "</li></ul></div></div>"
            '<div class="elementor-element elementor-widget '
            'elementor-widget-theme-post-excerpt">'
            f'<div class="elementor-widget-container">{story.lead}</div></div>'
            '<div class="elementor-element elementor-widget '
            'elementor-widget-theme-post-content">'
            f'<div class="elementor-widget-container">{self.body(story)}</div></div>'
            '<div class="elementor-element elementor-widget elementor-widget-posts">'
            '<div class="elementor-widget-container">'
            f"<h2>Bài viết liên quan</h2>{others}</div></div></div>",
        )


class WpBakery(Elementor):
    """WordPress built with WPBakery: ``vc_row`` everywhere, grid items, plain permalinks ``/?p=N``."""

    editor: ClassVar[str] = "plain"
    precision: ClassVar[str] = "day"

    def section_path(self, slug: str) -> str:
        return f"/?cat={NUMBERS[slug]}"

    def page_path(self, slug: str, number: int) -> str:
        return self.section_path(slug) + (f"&paged={number}" if number > 1 else "")

    def article_path(self, news: Story) -> str:
        return f"/?p={news.number}"

    def head(self) -> str:
        return (
            '<meta name="generator" content="WordPress 5.2">'
            '<meta name="generator" content="Powered by WPBakery Page Builder">'
            '<link rel="stylesheet" '
            'href="/wp-content/plugins/js_composer/assets/css/js_composer.min.css">'
        )

    def rows(self, news: list[Story]) -> str:
        return (
            '<div class="vc_row wpb_row vc_row-fluid">'
            '<div class="wpb_column vc_column_container"><div class="wpb_wrapper">'
            + "".join(
                '<div class="vc_grid-item vc_clearfix"><div class="vc_gitem_row">'
                '<div class="vc_custom_heading vc_gitem-post-data-source-post_title"><h4>'
                f'<a href="{self.article_path(s)}">{s.title}</a></h4></div>'
                '<div class="vc_gitem-post-data-source-post_date">'
                f"<p>{s.day.day} Tháng {s.day.month}, {s.day.year}</p></div>"
                f'<div class="vc_gitem-post-data-source-post_excerpt"><p>{s.lead}</p></div>'
                "</div></div>"
                for s in news
            )
            + "</div></div></div>"
        )

    def article(self, story: Story) -> str:
        return self.frame(
            f"{story.title} – {self.title}",
            f'<article id="post-{story.number}" class="post type-post">'
            f'<h1 class="entry-title">{story.title}</h1>'
            f'<span class="posted-on">{story.day.day} Tháng {story.day.month}, '
            f"{story.day.year}</span>"
            '<div class="entry-content"><div class="vc_row wpb_row">'
            '<div class="wpb_column"><div class="wpb_wrapper"><div class="wpb_text_column">'
            f'<div class="wpb_wrapper"><p><strong>{story.lead}</strong>'
            f"</p>{self.body(story)}</div></div></div></div></div></div></article>",
        )


WORDPRESS: tuple[type[Unseen], ...] = (Elementor, WpBakery)
