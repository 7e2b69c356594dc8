"""HTTP: decode, call one use case, shape the reply.

Must not know: SQL, and nothing that the command line knows.
"""
