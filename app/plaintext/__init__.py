"""What the operating system may keep of a plaintext, and what can be done about it.

Knows processes, memory, files and disks; does not know what a leak or an identifier is.
"""
