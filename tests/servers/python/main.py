"""A Socket.IO server of the Python world: arguments, listening, and nothing else.

What it serves is in `chat.py` (the service of the schema) and `probes.py` (behaviours to test
with). Prints one line of JSON, `{"port":...}`, once it listens, and exits with its standard input.
"""

import argparse
import json
import os
import sys
import threading

import socketio
import uvicorn

import chat
import probes


class AnnouncedServer(uvicorn.Server):
    """Says so when it listens."""

    async def startup(self, sockets=None):
        await super().startup(sockets)
        port = self.servers[0].sockets[0].getsockname()[1]
        print(json.dumps({"port": port}), flush=True)


def exit_with_stdin():
    sys.stdin.read()
    os._exit(0)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1; 0: any")
    parser.add_argument("--transports", help="the ones to accept, separated by commas")
    arguments = parser.parse_args()
    threading.Thread(target=exit_with_stdin, daemon=True).start()

    transports = arguments.transports and arguments.transports.split(",")
    server = socketio.AsyncServer(async_mode="asgi", transports=transports)
    server.register_namespace(chat.Chat("/chat"))
    server.register_namespace(probes.Echo("/echo"))
    config = uvicorn.Config(
        socketio.ASGIApp(server),
        host="127.0.0.1",
        port=arguments.port,
        http="h11",
        ws="wsproto",
        lifespan="off",
        log_level="error",
    )
    AnnouncedServer(config).run()


if __name__ == "__main__":
    main()
