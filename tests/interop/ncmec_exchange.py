"""An extension for pytx that aims its NCMEC exchange at the service, as docs/interop.md says."""

import os
from dataclasses import dataclass, field
from types import SimpleNamespace

from threatexchange.exchanges.clients.ncmec.hash_api import NCMECHashAPI
from threatexchange.exchanges.collab_config import CollaborationConfigWithDefaults
from threatexchange.exchanges.impl.ncmec_api import NCMECSignalExchangeAPI
from threatexchange.extensions.manifest import ThreatExchangeExtensionManifest


@dataclass
class Config(CollaborationConfigWithDefaults):
    """Its own: the stock one would send the collaboration to NCMEC."""

    api: str = field(init=False, default="hashsvc_ncmec")
    environment: str = field(default="", metadata={"help": "not used"})
    only_esp_ids: set[int] = field(default_factory=set, metadata={"help": "not used"})


class OurNcmec(NCMECSignalExchangeAPI):
    """NCMEC's exchange with another address."""

    @classmethod
    def get_name(cls):
        return "hashsvc_ncmec"

    @staticmethod
    def get_config_cls():
        return Config

    def get_client(self, _environment):
        base = SimpleNamespace(value=os.environ["HASHSVC_NCMEC_BASE"])
        return NCMECHashAPI(self._username, self._password, base)


TX_MANIFEST = ThreatExchangeExtensionManifest(apis=(OurNcmec,))
