"""Concerné answers one question: was I in this leak?

The house, from the bottom up: `errors` and `encoding` are leaves; `crypto` does not know what a
patient is and `identity` knows no cryptography; `protocol` joins the two without any I/O; the use
cases (`exposure`, `ingest`, `lifecycle`, `synthesis`) declare what they need as ports; `storage`
implements those on a database; `web` and `cli` are the entry points, which alone read settings and
wire.
"""
