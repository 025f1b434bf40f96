"""Request bodies, valid by default, and the short way to send them."""

from dataclasses import replace

from tests.factories import make_signature, with_flipped_bits
from tests.leaks import plant

PIN = plant("a PIN", "402913")
OTHER_PIN = plant("a PIN", "118265")
IDEMPOTENCY_KEY = plant("an idempotency key", "k0Jq-3mVx_9aTz7LwPd2")


def json_of(signature):
    return {
        "region": signature.region.value,
        "pdq": signature.pdq.hex(),
        "dhash": signature.dhash.hex() if signature.dhash else None,
        "quality": signature.quality,
    }


def listing_of(*signatures):
    return [json_of(signature) for signature in signatures or (make_signature(),)]


def near(signature, *, pdq_bits=0, dhash_bits=0):
    """A signature at exactly these distances."""
    dhash = with_flipped_bits(signature.dhash, dhash_bits) if signature.dhash else None
    return replace(signature, pdq=with_flipped_bits(signature.pdq, pdq_bits), dhash=dhash)


def open_case(client, *signatures, pin=PIN, idempotency_key=None):
    """The answer to opening a case."""
    headers = {"Idempotency-Key": idempotency_key} if idempotency_key else {}
    body = {"pin": pin, "signatures": listing_of(*signatures)}
    return client.post("/v1/cases", json=body, headers=headers)


def opened_number(client, *signatures, pin=PIN):
    return plant("a case number", open_case(client, *signatures, pin=pin).json()["case_number"])


def case_request(client, action, number, *, pin=PIN, **fields):
    """The answer to `status`, `withdraw` or `signatures`."""
    return client.post(f"/v1/cases/{action}", json={"case_number": number, "pin": pin, **fields})


def item_of(*signatures, ref="upl-1", **fields):
    return {"ref": ref, "signatures": listing_of(*signatures), **fields}


def ask(client, key, *items):
    return client.post("/v1/matches", json={"items": list(items)}, headers=key)


def only_line(answer):
    (line,) = answer.json()["items"]
    return line
