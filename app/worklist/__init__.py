"""A laboratory's own rows with what was found about each: the one file between check and letters.

Must not know: a key, a network, how a row was checked or how its person is told.
"""
