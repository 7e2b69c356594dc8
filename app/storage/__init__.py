"""The use cases' ports on a database.

Must not know: HTTP, terminals, any identifier.
"""
