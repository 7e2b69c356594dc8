"""How `concerne ingest --mapping` is to read a made-up leak."""

from __future__ import annotations

MAPPING_TOML = """\
# This leak is made up: nobody in it exists.

[source]
encoding = "cp1252"
delimiter = ";"

[fields]
nir = "NUM_SECU"
birth_date = { columns = ["DATE_NAISS"], formats = ["%d/%m/%Y", "%Y%m%d"] }
surname = ["NOM", "NOM_JF"]
given_name = "PRENOM"
email = "EMAIL"
phone = ["TEL_FIXE", "TEL_MOBILE"]

[dataset]
title = "Fuite inventée (made-up leak)"
breach_date = 2021-02-23
schemes = ["nir-dob", "nir", "name-dob", "email", "phone"]
public_schemes = ["nir-dob"]

[scope]
laboratory = "LABO"
department = "DEPT"
exam_date = { columns = ["DATE_EXAM"], formats = ["%d/%m/%Y"] }
postcode = "CP"
sex = "SEXE"
child = "QUALITE"
address = "ADRESSE"
prescriber = "PRESCRIPTEUR"
comment = "COMMENTAIRE"
"""
