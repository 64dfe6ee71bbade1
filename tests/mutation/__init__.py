"""Plant small faults in the code, one at a time, and see which of them no test finds.

Own code, since the field's two tools do not fit. Mutmut 3 changes only the bodies of functions, while here
limits and tables decide as much as code does. Cosmic Ray starts a new Python for each fault, and that takes
three seconds until the first test runs. Here the libraries are imported once, and each fault costs a fork.
"""
