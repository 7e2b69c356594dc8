"""Dumps in plain SQL, as PostgreSQL's and MySQL's programs write them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from app.reading.sources.settings import SourceSettings

if TYPE_CHECKING:
    from tests.reading.sources.writers import Table, Written

_TABLE = SourceSettings(table="patients")


def _written(text: str) -> Written:
    from tests.reading.sources.writers import Written

    return Written(text.encode(), _TABLE)


def _postgresql(header: Sequence[str], rows_text: str) -> Written:
    columns = ",\n    ".join(f'"{name}" character varying(200)' for name in header)
    return _written(f"""\
--
-- PostgreSQL database dump
--

\\restrict abcdef

SET statement_timeout = 0;
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);

CREATE FUNCTION public.touch() RETURNS trigger
    LANGUAGE plpgsql
    AS $$ BEGIN INSERT INTO public.patients VALUES ('no; row'); RETURN NEW; END; $$;

CREATE TABLE public.other (id integer);
CREATE TABLE public.patients (
    {columns},
    CONSTRAINT name_check CHECK ((length(nom) > 0))
);

--
-- Data for Name: other; it's another table
--

COPY public.other (id) FROM stdin;
1
2
\\.

{rows_text}
CREATE INDEX named ON public.patients USING btree (((data #>> '{{a,b}}'::text[])));

--
-- PostgreSQL database dump complete
--

""")


def copied(header: Sequence[str], rows: Table) -> Written:
    """Write as pg_dump does, unless it is told otherwise."""
    signs = {"\\": r"\\", "\b": r"\b", "\f": r"\f", "\n": r"\n", "\r": r"\r", "\t": r"\t"}
    signs["\v"] = r"\v"
    body = "".join(
        "\t".join("".join(signs.get(sign, sign) for sign in cell) for cell in row) + "\n"
        for row in rows
    )
    names = ", ".join(f'"{name}"' for name in header)
    return _postgresql(header, f"COPY public.patients ({names}) FROM stdin;\n{body}\\.\n")


def inserted_postgresql(header: Sequence[str], rows: Table) -> Written:
    """Write as pg_dump --inserts does; the last row in another order of columns."""
    names = [f'"{name}"' for name in header]
    lines = [
        f"INSERT INTO public.patients VALUES ({', '.join(map(_postgresql_text, row))});\n"
        for row in rows[:-1]
    ]
    for row in rows[-1:]:
        values = ", ".join(map(_postgresql_text, reversed(row)))
        lines.append(
            f"INSERT INTO public.patients ({', '.join(reversed(names))}) VALUES ({values});\n"
        )
    return _postgresql(header, "".join(lines))


def _postgresql_text(cell: str) -> str:
    return "'" + cell.replace("'", "''") + "'"


def inserted_mysql(header: Sequence[str], rows: Table) -> Written:
    """Write as mysqldump does: many rows a statement, no column names in it."""
    columns = ",\n  ".join(f"`{name}` varchar(200) DEFAULT 'a;b'" for name in header)
    half = len(rows) // 2
    inserts = "".join(
        f"INSERT INTO `patients` VALUES {','.join(map(_mysql_row, part))};\n"
        for part in (rows[:half], rows[half:])
        if part
    )
    return _written(f"""\
-- MySQL dump 10.13  Distrib 8.0.36, for Linux (x86_64)
--
-- Host: localhost    Database: it's
/*!40101 SET @saved_cs_client     = @@character_set_client */;
DROP TABLE IF EXISTS `patients`;
CREATE TABLE `patients` (
  {columns},
  PRIMARY KEY (`{header[0]}`(10)),
  KEY `k` (`{header[0]}`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COMMENT='it\\'s; one';

LOCK TABLES `patients` WRITE;
/*!40000 ALTER TABLE `patients` DISABLE KEYS */;
{inserts}/*!40000 ALTER TABLE `patients` ENABLE KEYS */;
UNLOCK TABLES;
DELIMITER ;;
/*!50003 CREATE*/ /*!50017 DEFINER=`root`@`localhost`*/ /*!50003 TRIGGER t
BEFORE INSERT ON `patients` FOR EACH ROW BEGIN SET NEW.x = 'y'; END */;;
CREATE PROCEDURE p() BEGIN
INSERT INTO `patients` VALUES (1);
END ;;
DELIMITER ;
INSERT INTO `other` VALUES (1,'a\\'); INSERT INTO `patients` VALUES (1);'),(2,'b');

-- Dump completed on 2021-02-23 10:00:00
""")


def _mysql_row(row: Sequence[str]) -> str:
    signs = {"\\": r"\\", "'": r"\'", "\n": r"\n", "\r": r"\r", "\x00": r"\0", "\x1a": r"\Z"}
    signs['"'] = r"\""
    cells = ("".join(signs.get(sign, sign) for sign in cell) for cell in row)
    return "(" + ",".join(f"'{cell}'" for cell in cells) + ")"
