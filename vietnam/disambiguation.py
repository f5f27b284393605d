"""What a place name in a text means: which of its namesakes, of before or after July 2025.

Weighed in this order: the province written with the name > the provinces of the whole text > the portal's
own > a province that went into the same one in 2025 > unique in the country. What stays a tie is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from vietnam.gazetteer import REFORM, District, Gazetteer, NewCommune, OldCommune, key
from vietnam.hosts import Home
from vietnam.toponyms import Mention


class Decided(NamedTuple):
    """A mention that came to mean one thing. ``commune`` is the name of 2025, of an old one its successor."""

    mention: Mention
    province: str
    district: District | None = None
    commune: str | None = None


def of_kind(units: Sequence[District], kind: str) -> list[District]:
    """The units of that type; all of them where no unit has it, for a district may have risen since."""
    standing = [unit for unit in units if unit.until is None] or list(units)
    return [unit for unit in units if unit.kind == kind] or standing


class Context:
    """What decides between namesakes: the provinces that the whole article speaks of, and the portal's."""

    def __init__(
        self, known: Gazetteer, published: date | None, home: Home | None, mentions: Iterable[Mention]
    ):
        self.known = known
        self.published = published
        self.home = home
        mentions = list(mentions)
        self.named = {province for mention in mentions for province in mention.provinces}
        for mention in mentions:  # a district whose name is its own speaks for its province
            provinces = {unit.province for unit in mention.districts}
            if len(provinces) == 1 and mention.kind:
                self.named |= provinces
        self.heirs = {known.successor[name] for name in self.named}

    def decide(self, mentions: Iterable[Mention]) -> list[Decided]:
        """Return the mentions that mean one thing, in order; the ambiguous are left out."""
        return [found for mention in mentions if (found := self._decide(mention))]

    def _decide(self, mention: Mention) -> Decided | None:
        if mention.level == "province":
            return Decided(mention, mention.provinces[0])
        if mention.level == "district":
            district = self._district(mention)
            if district:
                return Decided(mention, district.province, district)
            province = self.known.provinces_2024.get(key(mention.name))
            # Huế, a district's name until 2025 and the province's since
            if province and mention.kind == "thanhpho":
                return Decided(mention._replace(level="province", provinces=(province,)), province)
            return None
        return self._commune(mention)

    def _weight(self, province: str, within: Mention | None) -> int:
        """How well a province fits: 5 written with the name, 4 named, 3 home, 2 merged with one of these."""
        successor = self.known.successor[province]
        if within and within.level == "province":
            if province in within.provinces:
                return 5
            return 4 if successor in within.provinces else 0
        if province in self.named:
            return 4
        if self.home and self.home.province_2024 == province:
            return 3
        if successor in self.named or (self.home and self.home.province_2025 == successor):
            return 2
        return 1

    def _district(self, mention: Mention) -> District | None:
        units = [unit for unit in mention.districts if not mention.kind or self._type_agrees(mention, unit)]
        standing = [unit for unit in units if self._stood(unit)]
        if standing or key(mention.name) in self.known.provinces_2024:
            units = standing
        weights = {unit: self._weight(unit.province, mention.inside) for unit in units}
        best = max(weights.values(), default=0)
        if best == 0 or (best == 1 and not mention.kind and self._placed()):
            return None
        fitting = [unit for unit, weight in weights.items() if weight == best]
        if self.home and self.home.district_2024:
            own = [unit for unit in fitting if unit.name == self.home.district_2024]
            fitting = own if own and not mention.kind else fitting
        fitting = of_kind(fitting, mention.kind)
        return fitting[0] if len(fitting) == 1 else self._of_the_time(fitting)

    def _type_agrees(self, mention: Mention, unit: District) -> bool:
        """Tell whether the type word allows the unit: a "thành phố" is no huyện, a "huyện" may have risen."""
        return not (mention.kind == "thanhpho" and unit.kind in ("huyen", "quan"))

    def _stood(self, unit: District) -> bool:
        return unit.until is None or self.published is None or self.published < unit.until

    def _placed(self) -> bool:
        return bool(self.named or (self.home and self.home.province_2024))

    def _of_the_time(self, units: Sequence[District]) -> District | None:
        """Of a district that was merged away and a namesake, the one that stood on the day."""
        units = [unit for unit in units if self._stood(unit)]
        standing = [unit for unit in units if unit.until is None]
        return units[0] if len(units) == 1 else standing[0] if len(standing) == 1 else None

    def _commune(self, mention: Mention) -> Decided | None:
        new_era = self.published is not None and self.published >= REFORM
        old_era = self.published is not None and self.published < REFORM
        within = mention.inside
        new = [(self._new_weight(heir, within), heir) for heir in mention.new_communes]
        units: Sequence[OldCommune] = [unit for unit in mention.old_communes if unit.name]
        if not new and not units:  # what was merged before 2024 counts only where nothing else fits
            units = mention.old_communes
        old = self._weighed(units, within)
        best_old = max([weight for weight, _ in old]) if old else 0
        best_new = max([weight for weight, _ in new]) if new else 0
        if max(best_old, best_new) < (2 if self._placed() else 1):
            return None
        if new and best_new and (new_era or (not old_era and best_new > best_old)):
            fitting_new = [unit for weight, unit in new if weight == best_new]
            if len(fitting_new) == 1:
                heir = fitting_new[0]
                return Decided(mention, heir.district.province, heir.district, heir.name)
        fitting = [unit for weight, unit in old if weight == best_old and best_old]
        if len({unit.district for unit in fitting}) == 1:
            unit = fitting[0]
            commune = unit.successors[0] if unit.successors else None
            return Decided(mention, unit.district.province, unit.district, commune)
        return None

    def _weighed(self, units: Sequence[OldCommune], within: Mention | None) -> list[tuple[int, OldCommune]]:
        inside = {unit.name for unit in within.districts} if within and within.level == "district" else None
        own = self.home.district_2024 if self.home else None
        of_province: dict[str, int] = {}  # of thirty namesakes many are of one province
        weighed = []
        for unit in units:
            district = unit.district
            if inside is not None:
                weight = 6 if district.name in inside else 0
            else:
                known = of_province.get(district.province)
                weight = self._weight(district.province, within) if known is None else known
                of_province[district.province] = weight
            if weight >= 3 and district.name == own:
                weight = max(weight, 5)
            weighed.append((weight, unit))
        return weighed

    def _new_weight(self, unit: NewCommune, within: Mention | None) -> int:
        if within and within.level == "province":
            return 5 if unit.province in within.provinces or unit.district.province in within.provinces else 0
        if within:
            return 0  # "xã X, huyện Y" is an address of before the reform
        if unit.province in self.named or unit.district.province in self.named:
            return 4
        if self.home and self.home.communes_2025 == (unit.name,):
            return 5
        if self.home and self.home.province_2025 == unit.province:
            return 3
        return 1
