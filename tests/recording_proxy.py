"""A real HTTP proxy that records what it is asked for and leads every host to one local server."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


@dataclass
class RecordingProxy:
    """Requests by CONNECT go to `tunnel_port`, all others to `port`, both on this machine."""

    port: int
    tunnel_port: int = 0
    url: str = ""
    requests: list[str] = field(default_factory=list)  # "CONNECT host:443", "POST http://host/path"
    credentials: set[str] = field(default_factory=set)  # the values of Proxy-Authorization

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        method, target, _ = head.split(b" ", 2)
        self.requests.append(f"{method.decode()} {target.decode()}")
        self.credentials.update(re.findall(r"(?mi)^proxy-authorization: *(\S+ \S+)", head.decode()))
        is_tunnel = method == b"CONNECT"
        server_port = self.tunnel_port if is_tunnel else self.port
        server_reader, server_writer = await asyncio.open_connection("127.0.0.1", server_port)
        if is_tunnel:
            writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        else:  # one request a connection, so that each is recorded
            path = re.sub(rb"^\w+://[^/]+", b"", target)
            lines = [line for line in head.split(b"\r\n")[1:-2] if not line.lower().startswith(b"connection")]
            is_websocket = b"upgrade: websocket" in head.lower()
            connection = b"Connection: Upgrade" if is_websocket else b"Connection: close"
            server_writer.write(
                b"\r\n".join([b" ".join([method, path, b"HTTP/1.1"]), *lines, connection, b"", b""])
            )
        await asyncio.gather(pipe(reader, server_writer), pipe(server_reader, writer))


async def pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Copy bytes until one side ends."""
    try:
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()
    except ConnectionError:
        pass
    finally:
        writer.close()


@asynccontextmanager
async def run_proxy(port: int, tunnel_port: int = 0) -> AsyncIterator[RecordingProxy]:
    proxy = RecordingProxy(port, tunnel_port)
    server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0)
    proxy.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield proxy
    finally:
        server.close()
