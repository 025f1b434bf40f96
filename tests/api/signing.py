"""A client that signs what it sends, as a platform's would: httpx and http-message-signatures."""

from secrets import token_hex

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from http_message_signatures import HTTPMessageSigner, MappingKeyResolver, algorithms

COVERED = ("@method", "@target-uri")


class Signing(httpx.Auth):
    """Adds the bearer key and a signature to each request."""

    requires_request_body = True

    def __init__(self, key, private, *, key_id=None, covered=COVERED, **parameters):
        self.key = key
        self.covered = covered
        self.key_id = key_id or key.split("_")[2]
        self.parameters = parameters
        keys = MappingKeyResolver(public_keys={}, private_keys={self.key_id: private})
        self.signer = HTTPMessageSigner(signature_algorithm=algorithms.ED25519, key_resolver=keys)

    def auth_flow(self, request):
        request.headers["Authorization"] = f"Bearer {self.key}"
        parameters = {"nonce": token_hex(16), "body": request.content or None} | self.parameters
        self.signer.sign(
            request, key_id=self.key_id, covered_component_ids=self.covered, **parameters
        )
        yield request


def make_private():
    """A new private key."""
    return Ed25519PrivateKey.generate()


def public_bytes(private):
    """What is registered of it."""
    return private.public_key().public_bytes_raw()


def pem_of(private):
    """The same as `openssl pkey -pubout` writes it."""
    public = private.public_key()
    return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
