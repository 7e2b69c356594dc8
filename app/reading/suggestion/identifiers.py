"""Which columns hold NIRs, names, e-mail addresses and telephone numbers."""

from __future__ import annotations

import re
from collections.abc import Collection

from app.identity.nir import nir_key
from app.reading.suggestion.recognition import ColumnFacts, letters_of, nirs_of
from app.reading.suggestion.table import FITS, Guess, Table

_KEYS_RIGHT = 0.8
_LETTERS = 0.8
# Columns of one field that are taken together; more would be more inputs than a row may give.
_SEVERAL_MAXIMUM = 3
# Fewer rows than this prove nothing about two columns.
_PAIRS_MINIMUM = 20
_KEYS_BESIDE = 0.9
# A name that stands in the row's e-mail address, and a column with as many given names.
_IN_ADDRESS = 0.3
_FREQUENT = 0.2
# Towns, titles and services come again and again; surnames seldom do.
_DISTINCT = 0.05
_WORDS_OF_NAME_MAXIMUM = 2.5

_GIVEN = re.compile(r"prenom|prn|given|first|forename")
_SURNAME = re.compile(
    r"(?:^|_)noms?(?:_|$)|^nom|surname|last|family|patronym|njf|maiden|(?:^|_)name(?:_|$)"
)
_NOT_A_LETTER = re.compile("[^A-Z]")
_PHONE = re.compile(r"tel|phone|mobile|portable|gsm|fixe|(?:^|_)port(?:_|$)")


def guess_nir(table: Table) -> Guess | None:
    """Guess which column holds NIRs: the one with the most whose key is right."""
    fits = [p for p in table.positions if _is_nir(table.facts[p])]
    if not fits:
        return None
    best = max(fits, key=lambda p: (table.facts[p].keys_right, table.facts[p].nirs))
    facts = table.facts[best]
    notes = [table.fit(best, facts.nirs, "are NIRs")]
    if facts.keyed:
        right = facts.keys_right / facts.keyed
        notes.append(f"{facts.keyed:,} have a key, of which {right:.1%} match")
    else:
        notes.append("none has a key: only form and month speak for it, so check it")
    notes += table.alternatives(lambda each: each.share(each.nirs), [best])
    beside = None if facts.keyed else _key_column(table, best)
    if beside is None:
        return Guess("nir", (best,), tuple(notes))
    notes.append(f"{table.label(beside)} holds keys that match: the two are joined")
    return Guess("nir", (best, beside), tuple(notes), is_joined=True)


def guess_given_name(table: Table) -> Guess | None:
    """Guess which column holds given names: by its name, else by how many are frequent ones."""
    named = [p for p in _letter_columns(table) if table.is_called(p, _GIVEN)]
    listed = [p for p in _letter_columns(table) if _share_of_frequent(table.facts[p]) >= _FREQUENT]
    candidates = named or [p for p in listed if not table.is_somebody_elses(p)]
    if not candidates:
        return None
    best = max(candidates, key=lambda p: _share_of_frequent(table.facts[p]))
    notes = [table.fit(best, table.facts[best].names, "are letters")]
    notes.append(f"{_share_of_frequent(table.facts[best]):.1%} of these begin with a frequent one")
    others = [table.label(p) for p in {*named, *listed} - {best}]
    notes += [f"also possible: {', '.join(sorted(others))}"] if others else []
    return Guess("given_name", (best,), tuple(notes))


def guess_surname(table: Table, email: Guess | None, taken: Collection[int]) -> Guess | None:
    """Guess which columns hold surnames: by their names, else by the e-mail addresses beside them.

    Where neither tells, the column of letters with the most different ones is named, as a guess.

    Args:
        table: the sample.
        email: which column holds addresses.
        taken: columns that hold something else.
    """
    letters = [p for p in _letter_columns(table) if p not in taken]
    letters = [p for p in letters if not table.is_somebody_elses(p)]
    chosen = [p for p in letters if table.is_called(p, _SURNAME)][:_SEVERAL_MAXIMUM]
    note = "by the columns' names"
    if not chosen:
        letters = [p for p in letters if _is_various(table.facts[p])]
        in_address = {p: _share_in_address(table, p, email) for p in letters}
        chosen = [p for p in letters if in_address[p] >= _IN_ADDRESS][:_SEVERAL_MAXIMUM]
        note = "by the e-mail addresses that they stand in"
    if not chosen and letters:
        chosen = [max(letters, key=lambda p: len(table.facts[p].distinct))]
        note = "only by how many different ones there are: check it"
    if not chosen:
        return None
    fits = [table.fit(p, table.facts[p].names, "are letters") for p in chosen]
    others = [table.label(p) for p in letters if p not in chosen]
    also = [f"also possible: {', '.join(others)}"] if others else []
    return Guess("surname", tuple(chosen), (*fits, note, *also))


def guess_email(table: Table) -> Guess | None:
    """Guess which columns hold e-mail addresses."""
    fits = [p for p in table.positions if table.facts[p].share(table.facts[p].emails) >= FITS]
    chosen = [p for p in fits if not table.is_somebody_elses(p)][:_SEVERAL_MAXIMUM]
    if not chosen:
        return None
    notes = [table.fit(p, table.facts[p].emails, "are addresses") for p in chosen]
    notes += table.alternatives(lambda each: each.share(each.emails), chosen)
    return Guess("email", tuple(chosen), tuple(notes))


def guess_phone(table: Table) -> Guess | None:
    """Guess which columns hold telephone numbers: other numbers are as long, few begin so."""
    fits = [p for p in table.positions if table.facts[p].share(table.facts[p].phones) >= FITS]
    patients = [p for p in fits if not table.is_somebody_elses(p)]
    chosen = [
        p
        for p in patients
        if table.is_called(p, _PHONE) or 2 * table.facts[p].phones_led >= table.facts[p].phones
    ][:_SEVERAL_MAXIMUM]
    if not chosen:
        return None
    notes = [table.fit(p, table.facts[p].phones, "are numbers") for p in chosen]
    notes += table.alternatives(lambda each: each.share(each.phones), chosen)
    return Guess("phone", tuple(chosen), tuple(notes))


def _is_nir(facts: ColumnFacts) -> bool:
    """Tell whether a column's numbers are NIRs: one in 97 other numbers has a right key by chance.

    Without keys, a number whose fourth and fifth digit are a month's is one by chance in eight.
    """
    if facts.share(facts.nirs) < FITS:
        return False
    has_right_keys = facts.keys_right >= _KEYS_RIGHT * facts.keyed
    has_months = facts.nirs_of_a_month >= _KEYS_RIGHT * facts.nirs
    return has_right_keys and (has_months or facts.keys_right * 10 >= facts.nirs)


def _key_column(table: Table, position: int) -> int | None:
    """Return the column that holds the keys of another, if there is one."""
    nirs = nirs_of(table.cells(position))
    for other in table.positions:
        pairs = [(n, k.strip()) for n, k in zip(nirs, table.cells(other), strict=True) if n]
        filled = [(nir, key) for nir, key in pairs if key]
        right = sum(key == f"{nir_key(nir):02d}" for nir, key in filled)
        if len(filled) >= _PAIRS_MINIMUM and right >= _KEYS_BESIDE * len(filled):
            return other
    return None


def _letter_columns(table: Table) -> list[int]:
    return [p for p in table.positions if table.facts[p].share(table.facts[p].names) >= _LETTERS]


def _share_of_frequent(facts: ColumnFacts) -> float:
    return facts.frequent / facts.names if facts.names else 0.0


def _is_various(facts: ColumnFacts) -> bool:
    is_short = facts.name_words <= _WORDS_OF_NAME_MAXIMUM * facts.names
    return is_short and len(facts.distinct) >= _DISTINCT * facts.names


def _share_in_address(table: Table, position: int, email: Guess | None) -> float:
    """Return in what share of rows with an address the name stands before its `@`."""
    if email is None:
        return 0.0
    addresses = table.cells(email.positions[0])
    both = found = 0
    for name, address in zip(letters_of(table.cells(position)), addresses, strict=True):
        before = _NOT_A_LETTER.sub("", address.partition("@")[0].upper())
        if name and before:
            both += 1
            found += name in before
    return found / both if both >= _PAIRS_MINIMUM else 0.0
