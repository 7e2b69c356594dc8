"""`concerne ask`: one private question from the command line."""

from __future__ import annotations

from typing import Annotated

import typer

from app.cli.prompts import typed
from app.identity.schemes import scheme_named


def ask(
    server: Annotated[str, typer.Option("--server", help="Such as http://127.0.0.1:8000.")],
    dataset: Annotated[str, typer.Option("--dataset", help="The leak's short name.")],
    scheme: Annotated[str, typer.Option("--scheme", help="By which identifiers.")] = "nir-dob",
) -> int:
    """Ask whether somebody is in a leak, without the server learning who.

    The identifiers are asked for at a prompt, never taken as arguments: other users of a machine
    can read those. Exit code 1 means exposed, 0 not exposed; anything else is no answer.
    """
    from app.cli.remote import RemoteServer
    from app.protocol.messages import Answer

    fields = {name: typed(name.replace("_", " ")) for name in scheme_named(scheme).fields}
    with RemoteServer(server) as remote:
        answer = remote.ask_privately(dataset, scheme, fields)
    print(answer.value)
    return int(answer is Answer.EXPOSED)
