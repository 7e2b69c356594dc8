"""What the two parties say to each other, and what each makes of it.

Must not know: any I/O, clock, framework or database.
"""
