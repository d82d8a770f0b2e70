# The server of PyPI's tornado, with a WebSocket resource at /chat that echoes every message. tornado_echo.py PORT
import asyncio
import logging
import sys

from tornado import web, websocket

# A handshake that fails is what is tried here, and nothing to log.
logging.getLogger("tornado").setLevel(logging.CRITICAL)


class Echo(websocket.WebSocketHandler):
    def check_origin(self, origin):
        return True

    def on_message(self, message):
        self.write_message(message, binary=isinstance(message, bytes))


async def main():
    web.Application([("/chat", Echo)]).listen(int(sys.argv[1]), "127.0.0.1")
    await asyncio.Event().wait()


asyncio.run(main())
