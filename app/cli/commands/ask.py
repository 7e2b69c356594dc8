"""`concerne ask`: one private question from the command line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.prompts import typed
from app.errors import SchemeNotPermitted
from app.identity.schemes import CARD_SCHEMES, FIELD_NAMES, scheme_named

if TYPE_CHECKING:
    from app.cli.remote import RemoteServer


def ask(
    server: Annotated[str, typer.Option("--server", help="Such as http://127.0.0.1:8000.")],
    dataset: Annotated[str, typer.Option("--dataset", help="The leak's short name.")],
    scheme: Annotated[
        str | None,
        typer.Option("--scheme", help="By which identifiers, if not by those on a health card."),
    ] = None,
) -> int:
    """Ask whether somebody is in a leak, without the server learning who.

    The identifiers are asked for at a prompt, never taken as arguments: other users of a machine
    can read those. Without --scheme each of the leak's public schemes is asked that a health card
    serves. Exit code 1 means exposed, 0 not exposed; anything else is no answer.
    """
    from app.cli.remote import RemoteServer
    from app.protocol.messages import Answer

    if scheme:
        scheme_named(scheme)
    with RemoteServer(server) as remote:
        schemes = (scheme,) if scheme else _schemes_of_card(remote, dataset)
        needed = {name for each in schemes for name in scheme_named(each).fields}
        given = {n: typed(n.replace("_", " ")) for n in FIELD_NAMES if n in needed}
        # All of them, whatever the first ones say: fewer requests would tell the answer.
        answers = [
            remote.ask_privately(dataset, each, {n: given[n] for n in scheme_named(each).fields})
            for each in schemes
        ]
    answer = Answer.EXPOSED if Answer.EXPOSED in answers else Answer.NOT_EXPOSED
    print(answer.value)
    return int(answer is Answer.EXPOSED)


def _schemes_of_card(remote: RemoteServer, dataset: str) -> Sequence[str]:
    offered = remote.dataset(dataset).schemes
    found = [name for name in CARD_SCHEMES if name in offered and offered[name].public]
    if not found:
        raise SchemeNotPermitted(
            "the public cannot ask this dataset with a health card",
            hint="ask the laboratory, or name another public scheme with --scheme",
        )
    return found
