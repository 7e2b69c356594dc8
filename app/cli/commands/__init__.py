"""One file a command of `concerne`, or of one of its groups: what it takes, and what it prints.

Must not know: each other's work; what two commands share stands in the room above.
"""
