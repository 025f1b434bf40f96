"""Other networks' dialects: their words live here alone, and are translated into ours at once."""
