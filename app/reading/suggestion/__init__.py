"""A first mapping for a source that nobody has looked into, guessed from its first rows.

Must not show: anything that stands in a row. What is told is shares, formats and column names.
"""
