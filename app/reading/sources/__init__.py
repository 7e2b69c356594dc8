"""A leak's file, in whatever format, as rows: none lost, and each with a place to go on from.

Must not know: which columns are of interest, what becomes of a row.
"""
