"""Other job systems a team might choose: accept a job durably, start it as soon as possible, and be killed meanwhile.

Each rival is a process that reads numbers from its input, writes a number back when that job is safe, and runs it.
None is a dependency: one that is not installed is reported as absent.
"""
