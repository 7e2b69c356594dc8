"""What the program costs: one module a subject, each figure beside its floor.

A machine is shared and noisy, so a time alone says nothing. Each figure is measured in turns with
a floor, the work that no program could avoid, and what counts is their ratio.
"""
