"""Perceptual hashes of photos, and matching of hashes: values only, no image code.

The server imports this package. What decodes or hashes a photo is imported from its own module:
`hashsvc.photos`, `hashsvc.hashing`.
"""

from hashsvc.errors import HashsvcError
from hashsvc.hashes import Algorithm, Hash
from hashsvc.matching import Hit, LinearMatcher, Listed, Matcher, SignatureId
from hashsvc.orientations import Orientation
from hashsvc.policies import Policy, Tier, Verdict
from hashsvc.signatures import RegionKind, Signature

__version__ = "0.1.0"

__all__ = [
    "Algorithm",
    "Hash",
    "HashsvcError",
    "Hit",
    "LinearMatcher",
    "Listed",
    "Matcher",
    "Orientation",
    "Policy",
    "RegionKind",
    "Signature",
    "SignatureId",
    "Tier",
    "Verdict",
    "__version__",
]
