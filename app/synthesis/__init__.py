"""Made-up leaks, reproducible to the byte, of people who do not exist.

Must not know: keys, datasets, anything that answers.
"""
