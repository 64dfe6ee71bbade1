"""The method, pure: what a value map is and how every figure on it comes about.

Figures are exact fractions, so that a threshold or a rounding never depends on floating point.
"""
