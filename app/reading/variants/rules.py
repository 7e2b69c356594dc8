"""The rules by which a cell is read in more than one way: their names, fields and order."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from app.reading.variants.contacts import several_addresses, several_numbers
from app.reading.variants.names import (
    double_names,
    married_names,
    several_given_names,
    without_titles,
)
from app.reading.variants.numbers import whole_number, zero_for_o
from app.reading.variants.redecoding import decoded_once


@dataclass(frozen=True, slots=True)
class Rule:
    """One way to read a cell otherwise than as it stands.

    Args:
        name: as a mapping names it.
        fields: those whose cells it reads.
        read: a text to the texts that are read in its place, itself among them where it stays;
            to none where the rule has nothing to say. Pure, and for any text.
        is_rescue: asked only where the cell as it stands is refused.
    """

    name: str
    fields: tuple[str, ...]
    read: Callable[[str], tuple[str, ...]]
    is_rescue: bool = False


# In the order in which they are asked: a repaired text shows its titles, and what is left of
# MME DUPONT-MARTIN EP LE GOFF without them its two names, of which one is double.
RULES: Final[Mapping[str, Rule]] = MappingProxyType(
    {
        rule.name: rule
        for rule in (
            Rule("twice-decoded", ("surname", "given_name", "email"), decoded_once),
            Rule("titles", ("surname", "given_name"), without_titles),
            Rule("married-names", ("surname",), married_names),
            Rule("double-names", ("surname",), double_names),
            Rule("several-given-names", ("given_name",), several_given_names),
            Rule("whole-numbers", ("nir", "phone"), whole_number, is_rescue=True),
            Rule("zero-for-o", ("nir",), zero_for_o, is_rescue=True),
            Rule("several-numbers", ("phone",), several_numbers, is_rescue=True),
            Rule("several-addresses", ("email",), several_addresses, is_rescue=True),
        )
    }
)


def rules_for(field: str, names: Collection[str] | None = None) -> tuple[Rule, ...]:
    """Return a field's rules in their order: those of the given names, or all."""
    return tuple(
        rule
        for rule in RULES.values()
        if field in rule.fields and (names is None or rule.name in names)
    )


def other_readings(text: str, rules: Sequence[Rule]) -> list[str]:
    """Return what is read from a text by rules that are asked one after the other.

    The text as it stands is not among them: whatever the rules say, that is read as well. A
    laboratory whose list came out of the same software has it spelled in the same way.
    """
    texts: Sequence[str] = (text,)
    for rule in rules:
        if len(texts) == 1:
            texts = rule.read(texts[0]) or texts
        else:
            texts = [found for each in texts for found in (rule.read(each) or (each,))]
    return [found for found in dict.fromkeys(texts) if found != text]
