"""serve: the pages in a browser."""

import os

import click

from goodterms.cli.context import command
from goodterms.cli.output import answer
from goodterms.web.server import entrance, listen
from goodterms.web.server import serve as run


@command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8000, show_default=True, help="The port; 0 takes any free one.")
@click.option("--no-browser", is_flag=True, help="Open no browser.")
def serve(host: str, port: int, no_browser: bool) -> None:
    """Open everything in a browser: for reading and writing by hand and eye.

    On this machine alone, whoever opens the printed link is signed in. With any other --host an account is needed:
    goodterms user add.
    """
    listener = listen(host, port)
    if os.environ["GOODTERMS_SERVE"] == "laptop":
        link = entrance(listener)
        where = {"url": link}
        lines = [f"Goodterms is open at {link}", "The link works once. Ctrl-C ends Goodterms."]
    else:
        link = ""
        where = {"url": f"http://{host}:{listener.getsockname()[1]}/"}
        lines = [f"Goodterms answers at {where['url']}; put a server with TLS in front of it. Ctrl-C ends it."]
    run(listener, ready=lambda: answer(where, *lines), open_link="" if no_browser else link)


COMMANDS = (serve,)
