"""Bytes in, bytes out: the group, the oblivious function, the stretch, the keys.

Must not know: what a patient, a scheme or a dataset is.
"""
