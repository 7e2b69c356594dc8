"""Other readings of a cell, so that people are found who are not spelled as a file spells them.

Must not know: rows, columns, schemes. A rule gives texts; the frozen rules of protocol §1 judge
each of them as if somebody had typed it.
"""
