"""How rounds went, and the words for it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.contract.backends import available

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from tests.torture.scenario import Scenario


@dataclass
class Played:
    """How a round went.

    Attributes:
        scenario: Which it was.
        wrong: What did not hold.
        ends: Jobs by how they ended.
        kills: What was done to processes, by kind.
        restarts: Servers that were started anew to settle a job that they could not tell of.
        seconds: How long it took.
        said: What the Darkrooms wrote.
    """

    scenario: Scenario
    wrong: list[str] = field(default_factory=list)
    ends: Counter[str] = field(default_factory=Counter)
    kills: Counter[str] = field(default_factory=Counter)
    restarts: int = 0
    seconds: float = 0.0
    said: list[str] = field(default_factory=list)

    def plain(self) -> dict[str, Any]:
        """All but the scenario, as JSON has it."""
        return {**vars(self), "scenario": None, "ends": dict(self.ends), "kills": dict(self.kills)}

    @classmethod
    def of(cls, scenario: Scenario, plain: Mapping[str, Any]) -> Played:
        """The inverse."""
        made = cls(scenario)
        vars(made).update(
            plain, scenario=scenario, ends=Counter(plain["ends"]), kills=Counter(plain["kills"])
        )
        return made


def line(played: Played, options: str) -> str:
    """How a round went; `options` are those that it was drawn with."""
    ends = ", ".join(f"{count} {end}" for end, count in sorted(played.ends.items()))
    told = (
        f"{'FAILED' if played.wrong else 'held  '} {played.scenario.told()} → {ends} ({played.seconds:.0f} s)"
    )
    if not played.wrong:
        return told
    again = f"make torture SEED={played.scenario.seed} ROUNDS=1"
    if options:
        again += f" ARGS='{options}'"
    return "\n".join(
        [told, *(f"    {wrong}" for wrong in played.wrong), f"    again: {again}", *played.said[-40:]]
    )


def summary(played: Sequence[Played]) -> str:
    """All rounds together."""
    lines = [f"{sum(not one.wrong for one in played)} of {len(played)} rounds held"]
    for service in available():
        own = [one for one in played if one.scenario.service == service]
        if own:
            ends = sum((one.ends for one in own), Counter[str]())
            held = sum(not one.wrong for one in own)
            told = ", ".join(f"{count} {end}" for end, count in sorted(ends.items()))
            settled = sum(one.restarts for one in own)
            lines.append(
                f"  {service}: {held} of {len(own)}; jobs: {told}; settled by a new start: {settled}"
            )
    kills = sum((one.kills for one in played), Counter[str]())
    lines.append("  " + ", ".join(f"{count} × {kind}" for kind, count in sorted(kills.items())))
    failed = [str(one.scenario.seed) for one in played if one.wrong]
    if failed:
        lines.append("  failing seeds: " + " ".join(failed))
    return "\n".join(lines)
