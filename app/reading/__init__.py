"""From a file's bytes to what each of its rows says about a person: formats, mapping, variants.

Must not know: a key, a database, whether it is a leak or a laboratory's list.
"""
