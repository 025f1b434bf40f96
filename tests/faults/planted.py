"""A thousand secrets, given to a service in every way that people and platforms can."""

import secrets
from dataclasses import dataclass, field

from tests.api.bodies import ask, case_request, item_of, json_of, open_case
from tests.factories import make_signature
from tests.leaks import Collector

TURNS = 10
_EACH = 25  # signatures of a case, and of a question: a turn plants 107


@dataclass
class Planting:
    """Uses a service and tells the collector what it used."""

    client: object
    key: dict  # the header that carries a platform's key
    collector: Collector
    statuses: set = field(default_factory=set)

    def all(self):
        """Everything, so many times."""
        for turn in range(TURNS):
            self._turn(turn)

    def _turn(self, turn):
        seen, unseen = self._signatures(2 * turn), self._signatures(2 * turn + 1)
        pin = self._text("a PIN", f"{100_000 + secrets.randbelow(900_000)}")
        idempotency_key = self._text("an idempotency key", secrets.token_urlsafe(16))
        agent = self._text("a user agent", f"Wombat/{secrets.token_hex(5)}")
        address = self._text("an address", f"2001:db8:{turn:x}:{secrets.token_hex(2)}::77")
        ref = self._text("a reference", f"ref-{secrets.token_hex(6)}")
        file_name = self._text("a file name", f"IMG_{secrets.token_hex(6)}.jpg")
        self.client.headers.update({"User-Agent": agent, "X-Forwarded-For": address})
        number = self._opened(seen, pin, idempotency_key)
        self._ask(seen, unseen, ref)
        self._mistakes(number, pin, seen[0], file_name)

    def _opened(self, seen, pin, idempotency_key):
        answer = open_case(self.client, *seen, pin=pin, idempotency_key=idempotency_key)
        number = self._text("a case number", answer.json()["case_number"])
        self.collector.plant("a case number", number.replace("-", ""))
        self._tell(answer)
        # A second try with another PIN is refused.
        self._tell(open_case(self.client, *seen, pin="777123", idempotency_key=idempotency_key))
        self._tell(case_request(self.client, "status", number, pin=pin))
        return number

    def _ask(self, seen, unseen, ref):
        asked = [item_of(*seen, ref=ref), item_of(*unseen, ref=f"{ref}/2")]
        self._tell(ask(self.client, self.key, *asked[:1]))
        self._tell(ask(self.client, self.key, *asked))  # a slash is refused
        self._tell(ask(self.client, {"Authorization": f"Bearer {ref}"}, *asked))

    def _mistakes(self, number, pin, seen, file_name):
        post, wrong = self.client.post, "/v1/cases"
        for action in ("status", "withdraw"):
            self._tell(case_request(self.client, action, number, pin=f"{pin}7"))
            self._tell(case_request(self.client, action, number, pin=pin, **{file_name: number}))
        self._tell(post(wrong, json={"pin": pin, "signatures": [json_of(seen) | {"pdq": number}]}))
        self._tell(post(wrong, json={file_name: pin, "signatures": file_name}))
        self._tell(post(wrong, content=f"{{{seen.pdq.hex()}"))
        self._tell(self.client.get(f"/{file_name}/{number}?pin={pin}&hash={seen.pdq.hex()}"))

    def _tell(self, answer):
        self.statuses.add(answer.status_code)
        if answer.status_code >= 400:
            self.collector.heard(f"an answer {answer.status_code}", answer.text)
            self.collector.heard("headers of an answer", str(answer.headers))

    def _text(self, kind, text):
        return self.collector.plant(kind, text)

    def _signatures(self, place):
        signatures = [make_signature(seed=3_000 + _EACH * place + each) for each in range(_EACH)]
        for signature in signatures:
            self.collector.plant("a hash", signature.pdq.digest)
            self.collector.plant("a hash", signature.dhash.digest)
        return signatures
