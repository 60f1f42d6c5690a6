# Solves exercises in Python, on asyncio.   EXERCISE HOST PORT
import asyncio
import sys


async def three_at_once(reader, writer):
    while data := await reader.read(1024):
        writer.write(data)
        await writer.drain()


async def lines(reader, writer):
    number = 0
    while (line := await reader.readline()).endswith(b"\n"):
        number += 1
        writer.write(b"%d %s" % (number, line))
        await writer.drain()


async def lengths(reader, writer):
    while True:
        header = await reader.readexactly(2)
        body = await reader.readexactly(int.from_bytes(header, "big"))
        writer.writelines([header, body.upper()])
        await writer.drain()


async def byte_by_byte(reader, writer):
    line = await reader.readuntil(b"\n")
    writer.write(b"got %d bytes\n" % (len(line) - 1))
    await writer.drain()


def one_that_ends_alone(serve):
    async def client(reader, writer):
        try:
            await serve(reader, writer)
        except (OSError, EOFError):
            pass
        finally:
            writer.close()

    return client


async def main(exercise, host, port):
    serve = {
        "three-at-once": three_at_once,
        "outlive-a-reset": three_at_once,
        "lines": lines,
        "lengths": lengths,
        "byte-by-byte": byte_by_byte,
    }[exercise]
    server = await asyncio.start_server(one_that_ends_alone(serve), host, int(port))
    await server.serve_forever()


asyncio.run(main(*sys.argv[1:]))
