"""A laboratory that filled everything in, and people on its list: all made up."""

from __future__ import annotations

from pathlib import Path

from app.notify.folder import Template, read_template, write_new_template

# A NIR that no one has (there is no commune 950), in columns of a list that no letter may show.
CANARY_NIR = "185055695004846"
NOTICE_TOML = """
[recipient]
name = ["PRENOM", "NOM"]
address = ["ADR1", "ADR2"]
postcode = "CP"
town = "VILLE"
country = "PAYS"
email = "MAIL"
phone = "TEL"
language = "LANGUE"

[laboratory]
name = "Laboratoire des Remparts"
address = ["12 rue des Lilas", "56000 Vannes"]
place = "Vannes"
signatory = { fr = "La direction", en = "The management" }

[envelope]
sender = ["Service courrier", "BP 12", "56000 VANNES"]

[breach]
nature = { fr = "Un fichier de dossiers anciens a été copié, puis mis en ligne.", en = "A file of old records was copied, then put online." }
happened_on = { fr = "entre 2018 et 2020", en = "between 2018 and 2020" }
discovered_on = 2021-02-23
notified_on = 2021-02-25
data = { fr = ["nom, prénom, date de naissance", "numéro de sécurité sociale", "date d’un examen et nom du médecin"], en = ["name and date of birth", "social security number", "date of an examination and the doctor’s name"] }

[measures]
taken = { fr = ["Nous avons fermé l’accès par lequel le fichier est sorti.", "Nous avons porté plainte."], en = ["We closed the way by which the file got out.", "We filed a complaint with the police."] }

[protection_officer]
name = "Claire Le Bihan"
email = "dpo@remparts.example"
phone = "01 99 00 12 34"
address = "BP 12, 56000 Vannes"

[authority]
name = { fr = "CNIL", en = "CNIL, the French data-protection authority" }
address = "3 place de Fontenoy, TSA 80715, 75334 Paris Cedex 07"

[public_page]
address = "fuite.remparts.example"
"""  # noqa: E501 as a laboratory writes it


def filled_template(folder: Path, notice: str = NOTICE_TOML) -> Template:
    """Write the shipped template with a notice that is filled in, and read it."""
    write_new_template(folder)
    (folder / "notice.toml").write_text(notice, encoding="utf-8")
    return read_template(folder)
