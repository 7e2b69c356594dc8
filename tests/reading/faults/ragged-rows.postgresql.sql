--
-- PostgreSQL database dump
--

\restrict abcdef

SET statement_timeout = 0;
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);

CREATE FUNCTION public.touch() RETURNS trigger
    LANGUAGE plpgsql
    AS $$ BEGIN INSERT INTO public.patients VALUES ('no; row'); RETURN NEW; END; $$;

CREATE TABLE public.other (id integer);
CREATE TABLE public.patients (
    "NOM" character varying(200),
    "COMMENTAIRE" character varying(200),
    "TEL" character varying(200),
    CONSTRAINT name_check CHECK ((length(nom) > 0))
);

--
-- Data for Name: other; it's another table
--

COPY public.other (id) FROM stdin;
1
2
\.

COPY public.patients ("NOM", "COMMENTAIRE", "TEL") FROM stdin;
MARTIN0	Réglé n° 0	0199000000
MARTIN1	Réglé n° 1	0199000001
MARTIN2	Réglé n° 2
MARTIN3	Réglé n° 3	0199000003
MARTIN4	Réglé n° 4	0199000004	
MARTIN5	Réglé n° 5	0199000005
\.

CREATE INDEX named ON public.patients USING btree (((data #>> '{a,b}'::text[])));

--
-- PostgreSQL database dump complete
--

