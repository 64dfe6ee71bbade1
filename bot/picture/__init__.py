"""The picture of a canvas: the method's own drawing, as SVG and as PNG."""
