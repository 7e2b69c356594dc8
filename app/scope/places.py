"""Départements and regions of France, and which département a cell means.

The regions are those of 1 January 2016 (law 2015-29 of 16 January 2015), their départements those
of INSEE's Code officiel géographique (https://www.insee.fr/fr/information/2560452).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

_REGIONS: Final[Mapping[str, str]] = {
    "Auvergne-Rhône-Alpes": "01 03 07 15 26 38 42 43 63 69 73 74",
    "Bourgogne-Franche-Comté": "21 25 39 58 70 71 89 90",
    "Bretagne": "22 29 35 56",
    "Centre-Val de Loire": "18 28 36 37 41 45",
    "Corse": "2A 2B",
    "Grand Est": "08 10 51 52 54 55 57 67 68 88",
    "Hauts-de-France": "02 59 60 62 80",
    "Île-de-France": "75 77 78 91 92 93 94 95",
    "Normandie": "14 27 50 61 76",
    "Nouvelle-Aquitaine": "16 17 19 23 24 33 40 47 64 79 86 87",
    "Occitanie": "09 11 12 30 31 32 34 46 48 65 66 81 82",
    "Pays de la Loire": "44 49 53 72 85",
    "Provence-Alpes-Côte d’Azur": "04 05 06 13 83 84",
    "Guadeloupe": "971",
    "Martinique": "972",
    "Guyane": "973",
    "La Réunion": "974",
    "Mayotte": "976",
}

_NAMES: Final = """
01 Ain|02 Aisne|03 Allier|04 Alpes-de-Haute-Provence|05 Hautes-Alpes|06 Alpes-Maritimes|07 Ardèche
08 Ardennes|09 Ariège|10 Aube|11 Aude|12 Aveyron|13 Bouches-du-Rhône|14 Calvados|15 Cantal
16 Charente|17 Charente-Maritime|18 Cher|19 Corrèze|2A Corse-du-Sud|2B Haute-Corse|21 Côte-d’Or
22 Côtes-d’Armor|23 Creuse|24 Dordogne|25 Doubs|26 Drôme|27 Eure|28 Eure-et-Loir|29 Finistère
30 Gard|31 Haute-Garonne|32 Gers|33 Gironde|34 Hérault|35 Ille-et-Vilaine|36 Indre
37 Indre-et-Loire|38 Isère|39 Jura|40 Landes|41 Loir-et-Cher|42 Loire|43 Haute-Loire
44 Loire-Atlantique|45 Loiret|46 Lot|47 Lot-et-Garonne|48 Lozère|49 Maine-et-Loire|50 Manche
51 Marne|52 Haute-Marne|53 Mayenne|54 Meurthe-et-Moselle|55 Meuse|56 Morbihan|57 Moselle|58 Nièvre
59 Nord|60 Oise|61 Orne|62 Pas-de-Calais|63 Puy-de-Dôme|64 Pyrénées-Atlantiques|65 Hautes-Pyrénées
66 Pyrénées-Orientales|67 Bas-Rhin|68 Haut-Rhin|69 Rhône|70 Haute-Saône|71 Saône-et-Loire|72 Sarthe
73 Savoie|74 Haute-Savoie|75 Paris|76 Seine-Maritime|77 Seine-et-Marne|78 Yvelines|79 Deux-Sèvres
80 Somme|81 Tarn|82 Tarn-et-Garonne|83 Var|84 Vaucluse|85 Vendée|86 Vienne|87 Haute-Vienne
88 Vosges|89 Yonne|90 Territoire de Belfort|91 Essonne|92 Hauts-de-Seine|93 Seine-Saint-Denis
94 Val-de-Marne|95 Val-d’Oise|971 Guadeloupe|972 Martinique|973 Guyane|974 La Réunion|976 Mayotte
"""

DEPARTMENTS: Final[Mapping[str, str]] = dict(
    entry.split(" ", 1) for line in _NAMES.strip().splitlines() for entry in line.split("|")
)
"""Names by code, `01` to `95`, `2A`, `2B` and `971` to `976`."""

REGION_OF: Final[Mapping[str, str]] = {
    code: region for region, codes in _REGIONS.items() for code in codes.split()
}
REGIONS: Final = tuple(_REGIONS)

_POSTCODE: Final = re.compile(r"[0-9]{4,5}")
# Ajaccio's side of Corsica has 200 and 201, Bastia's the others.
_CORSICA_SOUTH: Final = ("200", "201")


def _squeezed(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).upper()
    return "".join(c for c in plain if c.isalnum() and not unicodedata.combining(c))


_CODE_OF: Final[Mapping[str, str]] = {_squeezed(name): code for code, name in DEPARTMENTS.items()}


@lru_cache(maxsize=4096)
def department_of(cell: str) -> str | None:
    """Return the code of the département that a cell means: a code, a name or a postcode.

    A postcode says which département delivers the mail, which is not always the one of the town:
    some hundred of 35,000 communes differ.
    """
    text = _squeezed(cell)
    if text in DEPARTMENTS:
        return text
    if text in _CODE_OF:
        return _CODE_OF[text]
    if len(text) in (1, 3) and text.isdecimal() and text.lstrip("0").zfill(2) in DEPARTMENTS:
        return text.lstrip("0").zfill(2)
    return _of_postcode(text.zfill(5)) if _POSTCODE.fullmatch(text) else None


def _of_postcode(postcode: str) -> str | None:
    if postcode.startswith("20"):
        return "2A" if postcode.startswith(_CORSICA_SOUTH) else "2B"
    code = postcode[:3] if postcode.startswith("97") else postcode[:2]
    return code if code in DEPARTMENTS else None
