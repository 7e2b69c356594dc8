"""The journalist's side: what is counted, what of it may be shown, and the signed report.

Knows no framework, no database, and nothing of how a dataset is filled: an entry point hands
`ingest` what counts here.
"""
