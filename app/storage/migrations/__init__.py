"""How the tables came to be what they are: one revision for each version of the schema.

Must not know: the tables' models, which have changed since.
"""
