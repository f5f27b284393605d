"""One theme for each platform that a demo portal runs on."""

from __future__ import annotations

from tests.portals.theme import Theme
from tests.portals.themes.drupal import Drupal
from tests.portals.themes.homemade import HomeMade
from tests.portals.themes.liferay import Liferay
from tests.portals.themes.nukeviet import NukeViet
from tests.portals.themes.sharepoint import SharePoint
from tests.portals.themes.trang_n import TrangN
from tests.portals.themes.vnpt_portal import VnptPortal
from tests.portals.themes.wordpress import WordPress

THEMES: dict[str, type[Theme]] = {
    "nukeviet": NukeViet,
    "wordpress": WordPress,
    "vnpt_portal": VnptPortal,
    "sharepoint": SharePoint,
    "liferay": Liferay,
    "trang_n": TrangN,
    "drupal": Drupal,
    "unknown": HomeMade,
}
"""By the name of the platform in the registry."""
