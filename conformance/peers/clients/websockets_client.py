"""The client of websockets (PyPI) under test: `websockets_client.py URL [PROTOCOLS]`, or URLs on standard input."""

import asyncio
import sys

import websockets


async def connect(url, protocols):
    try:
        async with websockets.connect(url, subprotocols=protocols or None, proxy=None) as connection:
            await connection.send("ws101")
            async for _ in connection:
                pass
    except Exception as error:
        print(type(error).__name__, error, file=sys.stderr)


async def main():
    if len(sys.argv) > 1:
        protocols = [name for name in sys.argv[2].split(",") if name] if len(sys.argv) > 2 else []
        return await connect(sys.argv[1], protocols)
    for line in sys.stdin:
        await connect(line.strip(), [])


asyncio.run(main())
