"""JSON in and out: unknown fields are refused, hashes are read in full or not at all."""
