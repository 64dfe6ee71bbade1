"""Evidence: what customers gave that speaks for or against entries."""
