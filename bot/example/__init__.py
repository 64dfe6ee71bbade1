"""The example canvas: a well-known product, worked out from general knowledge, to show and to test with."""
