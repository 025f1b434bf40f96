"""Proofs that a log only grew: Merkle trees, signed notes, and a witness who needs no server."""

from hashsvc.transparency.checkpoints import Checkpoint
from hashsvc.transparency.errors import TransparencyError
from hashsvc.transparency.merkle import EMPTY, Root, Tree
from hashsvc.transparency.notes import KeyKind, Note, Signer, Verifier
from hashsvc.transparency.proofs import GrowthProof, RowProof

__all__ = [
    "EMPTY",
    "Checkpoint",
    "GrowthProof",
    "KeyKind",
    "Note",
    "Root",
    "RowProof",
    "Signer",
    "TransparencyError",
    "Tree",
    "Verifier",
]
