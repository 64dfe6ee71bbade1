"""The canvas as rows: its entries, votes and reviews, and the one function that loads them."""
