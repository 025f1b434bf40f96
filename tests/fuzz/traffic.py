"""Requests made from the OpenAPI document, sent as several kinds of caller, mistakes included.

Each case that schemathesis makes is sent three times: as it is; with things that exist in place of
its ids, cursors, hashes, numbers and PINs, which are taken from earlier answers; and spoiled, by
somebody whose key may not, or with bytes that no client sends.
"""

import json
import re
from collections import deque
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from secrets import token_hex

from api.security.api_keys import make_key
from api.security.scopes import Scope
from hashsvc.times import now
from tests.api.access import SEEN, WITH_KEY, bearer
from tests.api.bodies import PIN, json_of
from tests.factories import make_signature

_USES = 20  # of a key, before its limits are felt
_HEADERS = {"content-type", "accept", "idempotency-key", "min-index-seq"}
_NAMED = re.compile(
    r'"(match_id|key_id|webhook_id|sweep_id|next_cursor|case_number)": ?"([^"]{4,400})"'
)
_CASE = {"pin": PIN}
_PLACE = re.compile(r"\{(\w+)\}")


@dataclass
class Sent:
    """A request, and what is secret in it."""

    method: str
    url: str
    params: list = field(default_factory=list)
    headers: dict = field(default_factory=dict)
    content: bytes = b""

    def secrets(self):
        """The strings of the request that no error and no log may hold."""
        texts = {str(value) for _, value in self.params}
        texts |= {value for name, value in self.headers.items() if name not in {"Content-Type"}}
        try:
            texts |= set(_strings(json.loads(self.content)))
        except (ValueError, RecursionError):
            texts.add(self.content.decode("latin-1"))
        return {text for text in texts if len(text) >= 8}


def _strings(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for one in value:
            yield from _strings(one)
    elif isinstance(value, dict):
        for name, one in value.items():
            yield name
            yield from _strings(one)


class Traffic:
    """Sends cases to a world, and remembers what its answers name."""

    def __init__(self, world, *, seed):
        self.world = world
        self.random = Random(seed)  # noqa: S311  # the same run again
        self.sent = 0
        self._known = {name: deque([str(value)], 40) for name, value in world.ids.items()}
        self._known |= {"case_number": deque(maxlen=40), "cursor": deque(["x"], 40)}
        self._keys = {}
        self._open_cases()

    def requests_of(self, case, route):
        """The three requests that are made of a case."""
        base = self._plain(case)
        yield self._by(base, route, "own")
        yield self._by(self._real(base, case), route, "own")
        yield self._spoiled(self._by(self._real(base, case), route, self._other_caller()))

    def send(self, sent):
        """The answer; what it names is used by later requests."""
        self.sent += 1
        if self.sent % 200 == 0:
            self._open_cases()
        answer = self.world.client.request(
            sent.method,
            sent.url,
            params=sent.params,
            headers={name: value.encode("utf-8") for name, value in sent.headers.items()},
            content=sent.content,
        )
        if answer.is_success:
            for name, value in _NAMED.findall(answer.text):
                self._known["cursor" if name == "next_cursor" else name].append(value)
        return answer

    def _open_cases(self):
        """Live cases with a known PIN: fuzzing withdraws them."""
        for _ in range(3):
            body = {"pin": PIN, "signatures": [json_of(self._signature())]}
            answer = self.world.client.post("/v1/cases", json=body)
            self._known["case_number"].append(answer.json()["case_number"])

    def _plain(self, case):
        """What schemathesis would send, without what it says of itself."""
        made = case.as_transport_kwargs(base_url="http://testserver")
        headers = {
            name.title(): str(value)
            for name, value in made["headers"].items()
            if name.lower() in _HEADERS
        }
        content = made.get("data") or b""
        if made.get("json") is not None:
            content = json.dumps(made["json"]).encode()
            headers["Content-Type"] = "application/json"
        content = content if isinstance(content, bytes) else str(content).encode()
        params = made.get("params") or {}
        pairs = [
            (name, one)
            for name, value in params.items()
            for one in (value if isinstance(value, list) else [value])
            if name != "wait"  # it would be obeyed
        ]
        headers["User-Agent"] = f"agent-{token_hex(6)}"
        return Sent(made["method"], made["url"], pairs, headers, content)

    def _real(self, base, case):
        """The same request about things that exist."""
        names = _PLACE.findall(case.operation.path)
        path = _PLACE.sub(lambda place: self._one(place[1]), case.operation.path)
        params = [
            (name, self._one("cursor") if name == "cursor" else value)
            for name, value in base.params
        ]
        try:
            content = json.dumps(self._with_real(json.loads(base.content))).encode()
        except (ValueError, RecursionError):
            content = base.content
        headers = base.headers | {"Idempotency-Key": token_hex(16)}
        url = f"http://testserver{path}" if names else base.url
        return Sent(base.method, url, params, headers, content)

    def _with_real(self, value):
        if isinstance(value, list):
            return [self._with_real(one) for one in value]
        if not isinstance(value, dict):
            return value
        signature = self._signature()
        real = {
            "pdq": signature.pdq.hex(),
            "dhash": signature.dhash.hex(),
            "hash": signature.pdq.hex(),
            "hashValue": signature.pdq.hex(),
            "quality": 100,
            "pin": PIN,
        }
        made = {}
        for name, one in value.items():
            if name in real:
                made[name] = real[name]
            elif self._known.get(name):
                made[name] = self._one(name)
            else:
                made[name] = self._with_real(one)
        return made

    def _signature(self):
        """Of a photo that is listed, or perhaps not."""
        seed = self.random.randrange(12)
        return SEEN if seed < 4 else make_signature(seed=seed)

    def _one(self, name):
        known = self._known.get(name) or ["nobody00"]
        return self.random.choice(known)

    def _other_caller(self):
        return self.random.choice(("none", "unknown", "expired", "revoked", "narrow", "B"))

    def _by(self, sent, route, caller):
        """The request with this caller's key, if the route asks for one."""
        key = self._key_of(caller)
        row = WITH_KEY.get(route)
        proof = (row.send if row else bearer)(self.world, key) if key else {}
        return Sent(sent.method, sent.url, sent.params, sent.headers | proof, sent.content)

    def _key_of(self, caller):
        made, uses = self._keys.get(caller, (None, _USES))
        if uses >= _USES:
            made, uses = self._make_key(caller), 0
        self._keys[caller] = made, uses + 1
        return made

    def _make_key(self, caller):
        world = self.world
        match caller:
            case "own":
                return world.key(*Scope)
            case "B":
                return world.key(*Scope, name="B")
            case "narrow":
                return world.key(self.random.choice(list(Scope)))
            case "expired":
                return world.key(*Scope, at=now() - timedelta(days=2))
            case "revoked":
                key = world.key(*Scope)
                world.platforms.revoke_key(key.key_id, at=now())
                return key
            case "unknown":
                return make_key()
            case _:
                return None

    def _spoiled(self, sent):
        """The request with something in it that no client sends, or as it is."""
        mark = f"mark-{token_hex(6)}"
        match self.random.randrange(6):
            case 0:
                return Sent(**vars(sent) | {"params": [*sent.params, ("q" + mark, mark)]})
            case 1:
                return Sent(**vars(sent) | {"headers": sent.headers | {"X-Photo": mark}})
            case 2:
                field_ = f', "{mark}.jpg": "{mark}"}}'.encode()
                return Sent(**vars(sent) | {"content": sent.content.removesuffix(b"}") + field_})
            case 3:
                return Sent(**vars(sent) | {"content": self._bytes(sent.content)})
            case 4:
                headers = sent.headers | {"Authorization": f"Basic {mark}"}
                return Sent(**vars(sent) | {"headers": headers})
            case _:
                return sent

    def _bytes(self, content):
        """Changed, cut, doubled or replaced."""
        samples = bytearray(content or b"{}")
        place = self.random.randrange(len(samples))
        match self.random.randrange(5):
            case 0:
                samples[place] = self.random.randrange(256)
            case 1:
                del samples[place:]
            case 2:
                samples[place:place] = samples
            case 3:
                return b"[" * self.random.choice((10, 1_000, 10_000))
            case _:
                samples[place:place] = self.random.choice(
                    (b"\\ud800", b"\\u0000", b"1e999", b"NaN", b"9" * 5_000, b"\xff\xfe", b"-0")
                )
        return bytes(samples)
