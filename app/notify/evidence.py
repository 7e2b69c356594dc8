"""What a regulator asks for: how many were told, how and when, and one line for each, no name.

All of it is what the ledger says; nothing is counted elsewhere.
"""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from app.notify.ledger import Ledger, State, Step
from app.worklist.columns import Channel
from app.worklist.guarding import guarded

COLUMNS = ("reference", "channel", "state", "date", "letter", "code")
_CHANNELS = {Channel.POST: "courrier", Channel.EMAIL: "e-mail", Channel.PHONE: "téléphone"}
_STATES = {
    State.WRITTEN: "lettre faite",
    State.SENDING: "envoi incertain",
    State.SENT: "e-mail remis au serveur",
    State.DEFERRED: "remis à plus tard",
    State.FAILED: "refusé",
    State.RETURNED: "revenu",
}
_READING = (
    "Une personne est désignée par la référence du laboratoire ou, à défaut, par une empreinte à"
    " clé : la liste détaillée ne contient ni nom, ni adresse, ni donnée de santé. Une lettre"
    " « faite » est prête à être postée ; le dépôt à la poste se prouve à part."
)


def evidence_of(ledger: Ledger) -> Mapping[str, Any]:
    """Return the evidence as what json can write.

    Each person has one line for each channel that was tried, with its last state.
    """
    last = ledger.last_steps()
    counts = Counter((step.channel.value, step.state.value) for step in last)
    return {
        "runs": [run.as_entry() for run in ledger.runs],
        "counts": [
            {"channel": channel, "state": state, "people": number}
            for (channel, state), number in sorted(counts.items())
        ],
        "people": len({step.person for step in last}),
        "first": min((_day(step) for step in ledger.steps), default=None),
        "last": max((_day(step) for step in ledger.steps), default=None),
        "list": [_line(step) for step in last],
    }


def as_json(ledger: Ledger) -> str:
    """Return the evidence as JSON."""
    return json.dumps(evidence_of(ledger), ensure_ascii=False, indent=1) + "\n"


def as_csv(ledger: Ledger) -> str:
    """Return the list as CSV that a French spreadsheet opens, and that computes nothing."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";")
    writer.writerow(COLUMNS)
    for step in ledger.last_steps():
        line = _line(step)
        # The laboratory's own numbers may begin as a formula does.
        writer.writerow([guarded(str(line[column])) for column in COLUMNS])
    return "\ufeff" + out.getvalue()


def as_markdown(ledger: Ledger) -> str:
    """Return the summary, in French, as it can be put into a file for the CNIL."""
    told = evidence_of(ledger)
    lines = [
        "# Information des personnes concernées (RGPD, article 34)",
        "",
        _period(told),
        "",
        "| canal | état | personnes |",
        "| --- | --- | ---: |",
    ]
    lines += [
        f"| {_CHANNELS[Channel(each['channel'])]} | {_STATES[State(each['state'])]}"
        f" | {each['people']} |"
        for each in told["counts"]
    ]
    lines += ["", "## Exécutions", "", *_runs(told["runs"])]
    lines += [
        "",
        _READING,
    ]
    return "\n".join(lines) + "\n"


def _period(told: Mapping[str, Any]) -> str:
    first, last = told["first"] or "—", told["last"] or "—"
    return f"Du {first} au {last}. Personnes au registre : {told['people']}."


def _runs(runs: Sequence[Mapping[str, Any]]) -> Sequence[str]:
    rows = [
        "| date (UTC) | lignes | exposées | personnes | sans canal | liste (SHA-256) | textes (SHA-256) |",  # noqa: E501
        "| --- | ---: | ---: | ---: | ---: | --- | --- |",
    ]
    for run in runs:
        cells = (
            run["at"], run["rows"], run["exposed"], run["people"], run["unreachable"],
            f"`{run['work_list_sha256']}`", f"`{run['template_sha256']}`",
        )  # fmt: skip
        rows.append(f"| {' | '.join(map(str, cells))} |")
    return rows


def _line(step: Step) -> Mapping[str, Any]:
    return {
        "reference": step.reference or step.person,
        "channel": step.channel.value,
        "state": step.state.value,
        "date": _day(step),
        "letter": step.number or "",
        "code": step.code,
    }


def _day(step: Step) -> str:
    return step.at.date().isoformat()
