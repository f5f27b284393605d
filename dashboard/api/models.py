"""The shapes of the answers, as the OpenAPI document tells them. Every key is always present."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Moment = Annotated[datetime, Field(description="ISO 8601 with the offset +07:00")]


class Shape(BaseModel):
    """No key that is not told here."""

    model_config = ConfigDict(extra="forbid")


class ProblemShape(Shape):
    """An error, as RFC 9457 writes it."""

    model_config = ConfigDict(
        extra="forbid",
        title="Problem",
        json_schema_extra={
            "examples": [
                {
                    "type": "about:blank",
                    "title": "Not found",
                    "status": 404,
                    "detail": "no article has the id 'x'",
                }
            ]
        },
    )

    type: str = Field(description="Always about:blank: the status says what it is")
    title: str
    status: int
    detail: str = Field(description="One line for a person, with what to do")
    parameter: str | None = Field(None, description="The filter that names what does not exist")
    errors: list[dict[str, str]] | None = Field(None, description="[{parameter, message}]")
    oldest_change_seq: int | None = Field(None, description="410: the oldest change that can still be read")
    last_change_seq: int | None = Field(None, description="410: where to go on after a snapshot")


class DocumentShape(Shape):
    kind: str = Field(examples=["Kế hoạch"])
    number: str | None = Field(examples=["12/KH-MTTQ"])
    date: str | None = Field(examples=["2022-07-01"])
    issuer: str | None


class OfficialShape(Shape):
    name: str = Field(examples=["Lê Thị Hoa"])
    position: str = Field(examples=["Chủ tịch"])


class ImageShape(Shape):
    url: str
    caption: str | None


class AttachmentShape(Shape):
    url: str
    name: str
    type: str = Field(examples=["pdf"])


class ArticleShape(Shape):
    """One article: one text, however many portals carry it. The fields are those of its first publication."""

    model_config = ConfigDict(extra="forbid", title="Article")

    id: str = Field(description="For ever the same", examples=["019aa0b2-7c1e-7a11-8f3e-5d1c0a9b2e44"])
    url: str = Field(
        description="Canonical address", examples=["https://thoxuan.thanhhoa.gov.vn/mttq-6646.html"]
    )
    urls: list[str] = Field(description="Addresses of all copies, the leading one first")
    portal: str = Field(description="Portal of the leading copy", examples=["thanh_hoa/tho_xuan"])
    portals: list[str] = Field(description="Portals of all copies")
    site_name: str | None
    section: str | None
    title: str = Field(examples=["Ngày hội Đại đoàn kết toàn dân tộc ở thôn Tân Hưng"])
    lead: str | None = Field(description="What the page sets apart as a summary")
    paragraphs: list[str]
    captions: list[str]
    byline: str | None = Field(description="The credit as printed, without its label")
    authors: list[str]
    source_credit: str | None
    published_at: Moment | None = Field(description="Null: not known, never guessed")
    published_precision: Literal["second", "minute", "day", "month"] | None
    modified_at: Moment | None
    event_date: date | None = Field(description="Day of the reported event")
    relevant: bool = Field(description="The Front or a mass organization acts or is the subject")
    relevance: float = Field(ge=0, le=1)
    organizations: list[str] = Field(examples=[["MTTQ", "HND"]])
    provinces_2024: list[str] = Field(examples=[["Thanh Hóa"]])
    districts_2024: list[str] = Field(examples=[["Huyện Thọ Xuân"]])
    provinces_2025: list[str] = Field(examples=[["Thanh Hóa"]])
    communes_2025: list[str] = Field(examples=[["Xã Thọ Lập"]])
    kind: str | None = Field(examples=["tong_ket"])
    documents: list[DocumentShape]
    officials: list[OfficialShape]
    images: list[ImageShape]
    attachments: list[AttachmentShape]
    story_id: str | None = Field(description="Shared by near-copies")
    revision: int = Field(ge=1, description="Counts up when a word changes")
    language: str | None = Field(examples=["vi"])
    first_seen_at: Moment
    last_seen_at: Moment | None
    provenance: dict[str, str] = Field(
        description="{field: where it came from}", examples=[{"title": "platform:h1"}]
    )


class ArticlePage(Shape):
    """Articles, the newest published first; those without a date come last."""

    articles: list[ArticleShape]
    next: str | None = Field(description="The cursor of the next page; null on the last")


class CopyShape(Shape):
    """One address at which the article was seen, with what that portal prints."""

    portal: str
    url: str
    title: str
    section: str | None
    published_at: Moment | None
    first_seen_at: Moment
    last_seen_at: Moment


class RevisionShape(Shape):
    """One state of the words."""

    revision: int
    seen_at: Moment
    title: str
    lead: str | None
    paragraphs: list[str]


class MemberShape(Shape):
    id: str
    url: str
    title: str
    portal: str
    published_at: Moment | None


class StoryShape(Shape):
    """Near-copies of each other, the first published first."""

    model_config = ConfigDict(extra="forbid", title="Story")

    id: str
    first_seen_at: Moment
    articles: list[MemberShape]


class StoryPage(Shape):
    """Stories, the latest begun first."""

    stories: list[StoryShape]
    next: str | None


class WholeArticle(Shape):
    """An article and all that is known of it. ``revisions`` end with the present one."""

    article: ArticleShape
    copies: list[CopyShape]
    revisions: list[RevisionShape]
    story: StoryShape | None = Field(description="The other articles of its story")


class ChangeShape(Shape):
    change_seq: int = Field(ge=1)
    article_id: str
    op: Literal["insert", "update", "merge", "delete"]
    revision: int
    merged_into: str | None = Field(description="On a merge: the article that this one lives on as")
    changed_at: Moment


class ChangePage(Shape):
    """Changes in the order of their commits: none is skipped, none comes twice."""

    changes: list[ChangeShape]
    next_after: int = Field(
        description="`after` of the next question; store it with the rows that you applied"
    )
    last_change_seq: int = Field(description="The newest change there is: how far behind you are")


class PassageShape(Shape):
    text: str
    marks: list[tuple[int, int]] = Field(description="[begin, end) of each highlight, in code points")


class HitShape(Shape):
    id: str
    url: str
    title: PassageShape
    snippet: PassageShape
    published_at: Moment | None
    published_precision: Literal["second", "minute", "day", "month"] | None
    portal: str
    site_name: str | None
    organizations: list[str]
    provinces_2024: list[str]
    provinces_2025: list[str]
    kind: str | None


class FoundShape(Shape):
    value: int = Field(description="Matches; at least so many where exact is false")
    exact: bool


class SearchPage(Shape):
    """Articles, best first, with what the newest ``total.value`` matches are counted by."""

    hits: list[HitShape]
    total: FoundShape
    facets: dict[
        Literal["province_2024", "province_2025", "organization", "kind", "portal", "year"], dict[str, int]
    ]
    next: str | None = Field(description="Null at the end of the ranked hits; /articles?q= lists every match")


class SectionShape(Shape):
    path: str
    scope: Literal["front", "news"]
    name: str | None


class FreshnessShape(Shape):
    """How fresh what we have of a portal is; the columns of the view portal_freshness."""

    last_run_at: Moment | None
    last_success_at: Moment | None
    last_new_at: Moment | None = Field(description="When it last brought a new article")
    next_due_at: Moment | None
    last_verdict: str | None = Field(examples=["nothing_new"])


class PortalShape(Shape):
    """One website that publishes the news."""

    model_config = ConfigDict(extra="forbid", title="Portal")

    id: str
    name: str
    url: str
    owner: str
    platform: str
    sections: list[SectionShape]
    province_2024: str | None
    district_2024: str | None
    province_2025: str | None
    communes_2025: list[str]
    active_from: date | None
    active_until: date | None
    successor: str | None
    confidence: str
    in_registry: bool = Field(description="False once its record has left the registry")
    freshness: FreshnessShape


class PortalList(Shape):
    portals: list[PortalShape]


class MetaShape(Shape):
    """The state of the database: names and values of the view ``meta``."""

    meta: dict[str, str | None] = Field(
        examples=[{"api_version": "v1", "last_change_seq": "48210", "oldest_change_seq": "1"}]
    )
