"""The command `concerne`: `main` and `commands/`, and what several commands are made from.

Must not know: how pages or routes are made.
"""
