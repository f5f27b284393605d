"""NukeViet eGovernment edition: the same CMS with the ``egov`` theme of district and commune portals.

How to recognise it:
1. Everything of ``nukeviet.py`` (the generator says ``NukeViet v4.x`` as well).
2. ``/themes/egov/`` or ``/themes/mobile_egov/`` in the addresses of styles and scripts.
3. ``.box-icon-title``, ``.newsdetailmetatop``, ``.newsdetailbox`` in the markup (source of the theme, GPL).
4. Modules of the edition in the menu: ``/organs/``, ``/laws/``, ``/faq/``.

Against the default theme: hits and comments stand in ``span.h5`` beside the date; other news of a
listing stands outside ``.news_column``; no microdata. All else is NukeViet's.
"""

from __future__ import annotations

from crawler.reading.platform import Platform, Sign
from spiders.platforms import nukeviet

PLATFORM = Platform(
    name="nukeviet_egov",
    title="NukeViet eGovernment",
    signs=(
        Sign(
            "html",
            r"/themes/(?:mobile_)?egov/|class=[\"'][^\"']{0,80}\b(?:newsdetailmetatop|newsdetailbox|box-icon-title)\b",
            0.6,
            required=True,
        ),
        *nukeviet.PLATFORM.signs,
    ),
    urls=nukeviet.URLS,
    article=nukeviet.ARTICLE,
    listing=nukeviet.LISTING,
)
