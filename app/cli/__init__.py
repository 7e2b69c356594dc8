"""The command `concerne`, one file a command.

Must not know: how pages or routes are made.
"""
