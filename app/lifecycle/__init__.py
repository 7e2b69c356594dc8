"""From draft to certificate: states, end dates, erasure, forgetting, manifests, the audit trail.

Must not know: how a source is read, who asks, a database, what a terminal is.
"""
