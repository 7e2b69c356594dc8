"""The answering side: one lookup, one evaluation, one range, and how many of them.

Must not know: HTTP, a database, how entries came in.
"""
