"""Draw a canvas as a picture: the method's own drawing, as SVG and as PNG."""
