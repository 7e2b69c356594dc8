"""The pages for patients: French first, English beside it, and no script that they need.

Must not know: how an answer is computed. What a visitor types is used once and is in no page.
"""
