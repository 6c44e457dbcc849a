"""Namespaces for tests, by the names and events of `../node/probes.mjs`."""

import socketio
from socketio.exceptions import TimeoutError

ASK_TIMEOUT_SECONDS = 2


class Echo(socketio.AsyncNamespace):
    """Answers, and emits whatever it is told to.

    Says `welcome` first of all, which this library sends before it accepts the client.
    """

    async def trigger_event(self, event, *args):
        return await super().trigger_event(event.replace(":", "_"), *args)

    async def on_connect(self, sid, environ, auth):
        await self.save_session(sid, {"environ": environ, "auth": auth})
        await self.emit("welcome", sid, to=sid)

    async def on_echo(self, sid, *values):
        return values

    async def on_tell(self, sid, event, *values):
        await self.emit(event, values, to=sid)

    async def on_ack_never(self, sid):
        # The library answers when a handler returns.
        await self.server.eio.create_event().wait()

    async def on_ask(self, sid, event, *values):
        """Reports what the client answers to an event, or that it does not."""
        try:
            answer = await self.call(event, values, to=sid, timeout=ASK_TIMEOUT_SECONDS)
        except TimeoutError:
            return await self.emit("ask:report", ("timeout", []), to=sid)
        # One value comes as itself, several as a tuple.
        values = list(answer) if isinstance(answer, tuple) else [answer]
        await self.emit("ask:report", (None, values), to=sid)

    async def on_transport(self, sid):
        engine_id = self.server.manager.eio_sid_from_sid(sid, self.namespace)
        engine = self.server.eio.sockets[engine_id]
        name = self.server.eio.transport(engine_id)
        return {"engineId": engine_id, "name": name, "upgraded": engine.upgraded}
