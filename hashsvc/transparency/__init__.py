"""Proofs that a log only grew: Merkle trees, signed notes, and a witness who needs no server."""
