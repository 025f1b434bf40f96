"""A platform's own rules on the wire."""

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field

from api.services.platform_policies import PlatformPolicy
from hashsvc import Tier
from hashsvc.closed_sets import Surface

_LONGEST_HOURS = 24 * 365
RegimeName = Annotated[str, Field(pattern=r"^custom-[a-z0-9-]{1,24}$")]
Hours = Annotated[int, Field(ge=1, le=_LONGEST_HOURS)]


class Policy(BaseModel):
    """What a platform sets for itself; what is left out takes its default."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    weakest_tiers: dict[Surface, Tier] = Field(
        default_factory=dict, description="By surface: weaker matches are not answered there."
    )
    custom_hours: Annotated[dict[RegimeName, Hours], Field(max_length=8)] = Field(
        default_factory=dict,
        description="Clocks of the platform's own, in hours from the match.",
        examples=[{"custom-promise": 12}],
    )
    sweeps: bool = Field(default=True, description="Whether it is asked to look back.")
    link_template: str | None = Field(
        None,
        pattern=r"^https://[A-Za-z0-9.-]+(:[0-9]{1,5})?/[A-Za-z0-9._~/?=&%-]*\{ref\}[A-Za-z0-9._~/?=&%-]*$",
        max_length=200,
        description="Where the platform's own viewer shows a photo: `https://.../{ref}`.",
    )

    @classmethod
    def of(cls, policy: PlatformPolicy) -> Self:
        """As it is sent."""
        return cls(
            weakest_tiers=dict(policy.weakest_tiers),
            custom_hours=dict(policy.custom_hours),
            sweeps=policy.sweeps,
            link_template=policy.link_template,
        )

    def value(self) -> PlatformPolicy:
        """As the domain knows it."""
        return PlatformPolicy(
            weakest_tiers=self.weakest_tiers,
            custom_hours=self.custom_hours,
            sweeps=self.sweeps,
            link_template=self.link_template,
        )
