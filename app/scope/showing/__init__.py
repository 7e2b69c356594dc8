"""A scope report as people read it: one content in two languages; web page, file, PDF, tables.

Each is the same bytes for the same report, and none needs a script.
"""
