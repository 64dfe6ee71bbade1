"""The method as pure functions: the model of a canvas, and its metrics, hints and next step.

Numbers are exact fractions, so that a threshold or a rounding never depends on floating point. Only agreement
is a float, since it is computed from logarithms.
"""
