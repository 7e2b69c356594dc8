"""The filling side: source, mapping, distinct inputs, stretched and evaluated, published.

Must not know: a database, who will ask, what a terminal is.
"""
