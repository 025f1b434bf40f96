"""What is known (`store`) and how it is found (`search`): hashes and ids, never photos."""
