# The server of PyPI's websockets, as its documentation starts one: echoes every message. websockets_echo.py PORT
import asyncio
import logging
import sys

from websockets.asyncio.server import serve

# A handshake that fails is what is tried here, and nothing to log.
logging.getLogger("websockets").setLevel(logging.CRITICAL)


async def echo(connection):
    async for message in connection:
        await connection.send(message)


async def main():
    async with serve(echo, "127.0.0.1", int(sys.argv[1])) as server:
        await server.serve_forever()


asyncio.run(main())
