"""Telling people that they are in a leak: the letters and e-mails of GDPR article 34, each once.

Must not know: how a row was checked, a key of a dataset, which framework or transport carries a
message. Nothing of a work list goes into a letter but a name and an address.
"""
