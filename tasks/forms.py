"""Forms: the question of a gate as Prefect's pages show it, and the answer that came in one.

The fields have the same names in both languages; what a person reads beside them is in
the language of the run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal, cast

from prefect.input import RunInput
from pydantic import Field, create_model

from tasks.domain.interruptions import Answer, Choice, Strategy
from tasks.domain.programme import Workstream
from tasks.domain.reporting.texts import wording

if TYPE_CHECKING:
    from collections.abc import Mapping

FORM = "form"


def form(strategies: tuple[Strategy, ...], language: str) -> type[RunInput]:
    """Make the form of one question; without who and why there is no decision."""
    words = wording(language, "decisions")

    def titled(name: str, kind: Any, **more: Any) -> Any:
        return Annotated[kind, Field(title=words(f"form.{name}"), **more)]

    choices: Any = Literal[tuple(each.value for each in Choice)]
    offers: Any = Literal[tuple(each.value for each in strategies)]
    streams: Any = Literal[("", *(each.value for each in Workstream))]
    fields: dict[str, Any] = {
        "choice": (titled("choice", choices), ...),
        "strategy": (titled("strategy", offers), ...),
        "reason": (titled("reason", str, min_length=1), ...),
        "decided_by": (titled("decided_by", str, min_length=1), ...),
        "quick": (titled("quick", bool), False),
        "leave_out": (titled("leave_out", streams), ""),
    }
    return cast("type[RunInput]", create_model("Decision", __base__=RunInput, **fields))


def answer_in(values: Mapping[str, Any]) -> Answer:
    """Read what somebody filled in."""
    left = str(values.get("leave_out") or "")
    return Answer(
        Choice(values["choice"]),
        str(values["decided_by"]),
        str(values["reason"]),
        (Strategy(values["strategy"]),),
        bool(values.get("quick", False)),
        (left,) if left else (),
        FORM,
    )


def filled(answer: Answer, strategies: tuple[Strategy, ...]) -> dict[str, Any]:
    """Fill the form in with an answer that was given elsewhere, so that Prefect lets the run on."""
    return {
        "choice": answer.choice.value,
        "strategy": (answer.strategies or strategies)[0].value,
        "reason": answer.reason,
        "decided_by": answer.by,
        "quick": answer.quick,
        "leave_out": answer.without[0] if answer.without else "",
    }
