"""People with credentials: who may ask by which scheme, how many, and until when.

Must not know: HTTP, a database, what is published, what an answer is.
"""
