"""Every made-up site."""

from __future__ import annotations

from tests.spiders.unseen.abroad import ABROAD
from tests.spiders.unseen.communes import COMMUNES
from tests.spiders.unseen.dotnet import DOTNET
from tests.spiders.unseen.dotnet_others import DOTNET_OTHERS
from tests.spiders.unseen.java import JAVA
from tests.spiders.unseen.microsoft import SHAREPOINT
from tests.spiders.unseen.more import MORE
from tests.spiders.unseen.php import PHP
from tests.spiders.unseen.scripted import SCRIPTED
from tests.spiders.unseen.site import Unseen
from tests.spiders.unseen.wordpress import WORDPRESS

UNSEEN: tuple[type[Unseen], ...] = (
    *JAVA,
    *SHAREPOINT,
    *DOTNET,
    *DOTNET_OTHERS,
    *PHP,
    *WORDPRESS,
    *SCRIPTED,
    *MORE,
    *COMMUNES,
    *ABROAD,
)
