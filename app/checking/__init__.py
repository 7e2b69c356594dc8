"""From a laboratory's list to what is known of each of its rows, on the laboratory's own machine.

Must not know: HTTP, how a work list is laid out in a file, the key of any dataset.
"""
