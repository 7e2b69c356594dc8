"""The least that the framework can do: one route, an empty answer, nothing around it.

Served by the same web server with the same settings as `concerne serve` (`app.cli.commands.serve`).
"""

from __future__ import annotations

import argparse

import uvicorn
from fastapi import FastAPI, Response

from app.cli.commands.serve import KEEP_ALIVE_SECONDS
from scripts.benches.connection import HOST
from scripts.benches.servers import EMPTY_ROUTE


def application() -> FastAPI:
    """Return the application."""
    app = FastAPI(docs_url=None, redoc_url=None)

    @app.get(EMPTY_ROUTE)
    async def empty() -> Response:
        return Response()

    return app


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    uvicorn.run(
        application(),
        host=HOST,
        port=parser.parse_args().port,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
    )


if __name__ == "__main__":
    main()
