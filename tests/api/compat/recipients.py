"""Platforms that call another network's dialect."""

from dataclasses import dataclass

from api.compat.function_keys import Endpoint
from api.security.api_keys import PresentedKey


@dataclass(frozen=True)
class Platform:
    """A platform with every credential that it may need."""

    client: object
    key: PresentedKey
    function_keys: dict

    @property
    def bearer(self):
        return {"Authorization": f"Bearer {self.key.text()}"}

    def two_keys(self, endpoint):
        return {
            "Ocp-Apim-Subscription-Key": self.key.text(),
            "x-functions-key": self.function_keys[endpoint],
        }

    def fetch(self, start=10, **parameters):
        """The answer to FetchHashes."""
        return self.client.get(
            "/compat/stopncii/v1/FetchHashes",
            params={"startTimestamp": start, **parameters},
            headers=self.two_keys(Endpoint.FETCH_HASHES),
        )

    def records(self, start=10, **parameters):
        """The records of FetchHashes, by hash."""
        answer = self.fetch(start, **parameters).json()
        assert answer["count"] == len(answer["hashRecords"])
        return {one["hashValue"]: one for one in answer["hashRecords"]}
