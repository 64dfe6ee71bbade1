"""The method, pure: what a value map is and how everything that is computed about it comes about.

Numbers are exact fractions, so that a threshold or a rounding never depends on floating point.
"""
