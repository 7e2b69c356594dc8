"""From raw text to normalised fields to the input bytes of a scheme.

Must not know: any cryptography, where the text came from, who asks.
"""
