"""Values that are made quickly are frozen dataclasses in every other way."""

from __future__ import annotations

import pickle
from copy import copy
from dataclasses import FrozenInstanceError, asdict, dataclass, field, replace

import pytest

from vietnam.values import changed, quickly_made


@quickly_made
@dataclass(frozen=True, slots=True)
class Place:
    name: str
    district: str | None = None
    seen: list[str] = field(default_factory=list)


def test_a_value_has_the_fields_that_it_was_given_and_the_defaults_of_the_others() -> None:
    assert (Place("Tân Lập").district, Place("Tân Lập").seen) == (None, [])
    assert Place("Tân Lập", seen=["x"]) == Place("Tân Lập", None, ["x"])
    assert asdict(Place("Tân Lập", "Huyện Na Rì")) == {
        "name": "Tân Lập", "district": "Huyện Na Rì", "seen": [],
    }  # fmt: skip


def test_each_value_has_a_list_of_its_own() -> None:
    one, other = Place("a"), Place("b")
    one.seen.append("x")
    assert other.seen == []


def test_a_value_changed_in_some_fields_is_another_one() -> None:
    place = Place("Tân Lập", "Huyện Na Rì", ["x"])
    assert changed(place, district=None) == replace(place, district=None) == Place("Tân Lập", None, ["x"])
    assert place.district == "Huyện Na Rì"
    with pytest.raises(TypeError, match="Place has no province"):
        changed(place, province="Bắc Kạn")


def test_a_value_that_was_made_is_frozen() -> None:
    place = Place("Tân Lập")
    assert type(place) is Place
    with pytest.raises(FrozenInstanceError):
        place.name = "Tân Thịnh"  # type: ignore[misc]
    with pytest.raises(FrozenInstanceError):
        del place.name


def test_a_value_is_copied_replaced_pickled_and_hashed() -> None:
    place = Place("Tân Lập", "Huyện Na Rì")
    assert pickle.loads(pickle.dumps(place)) == copy(place) == replace(place) == place
    assert replace(place, name="Tân Thịnh").district == "Huyện Na Rì"

    @quickly_made
    @dataclass(frozen=True, slots=True)
    class Key:
        number: int

    assert {Key(1): "x"}[Key(1)] == "x"


def test_a_field_that_is_missing_or_unknown_is_refused() -> None:
    with pytest.raises(TypeError, match="name"):
        Place()  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="ward"):
        Place("Tân Lập", ward="x")  # type: ignore[call-arg]


def test_only_frozen_dataclasses_with_slots_that_take_all_their_fields_are_made_so() -> None:
    @dataclass(slots=True)
    class Open:
        name: str

    @dataclass(frozen=True)
    class Wide:
        name: str

    @dataclass(frozen=True, slots=True)
    class Checked:
        name: str

        def __post_init__(self) -> None: ...

    @dataclass(frozen=True, slots=True)
    class Counted:
        name: str
        length: int = field(init=False, default=0)

    for other in (Open, Wide, Checked, Counted):
        with pytest.raises(TypeError):
            quickly_made(other)
