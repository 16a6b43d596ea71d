"""A peer on py-libp2p that speaks /mcp+p2p/1.0.0 both ways, steered by lines of JSON on its standard input.

Each line is {"id", "do", ...} and is answered by a line {"id", "ok"} or {"id", "error"}. It serves two ways: as a node that wants
`initialize` before anything else and then closes streams that do not begin so, as the nodes in Python do, or one that does not care.
"""
import json
import struct
import sys

import multiaddr
import trio
from libp2p import new_host
from libp2p.crypto import ed25519, rsa, secp256k1
from libp2p.custom_types import TProtocol
from libp2p.discovery.events.peerDiscovery import peerDiscovery
from libp2p.peer.id import ID
from libp2p.peer.peerinfo import info_from_p2p_addr

MCP = TProtocol("/mcp+p2p/1.0.0")
JOIN = TProtocol("/ipfs-datasets-mcp/join/1.0.0")
CALL_LIMIT_S = 15
KEYS = {
    "ed25519": ed25519.create_new_key_pair,
    "rsa": rsa.create_new_key_pair,
    "secp256k1": secp256k1.create_new_key_pair,
}


class Closed(Exception):
    """The other side ended the stream."""


async def read_exactly(stream, count):
    held = b""
    while len(held) < count:
        chunk = await stream.read(count - len(held))
        if not chunk:
            raise Closed(f"the stream ended after {len(held)} of {count} bytes")
        held += chunk
    return held


async def read_frame(stream):
    (length,) = struct.unpack(">I", await read_exactly(stream, 4))
    return json.loads(await read_exactly(stream, length))


async def write_frame(stream, message):
    body = json.dumps(message, separators=(",", ":")).encode()
    await stream.write(struct.pack(">I", len(body)) + body)


class Server:
    """What this peer offers: a sum, and the status and cache of a task queue."""

    def __init__(self, peer_id):
        self.peer_id = peer_id
        self.wants_session = False
        self.cache = {}
        self.seen = []

    async def serve(self, stream):
        is_open = not self.wants_session
        self.seen.append(str(stream.muxed_conn.peer_id))
        try:
            while True:
                message = await read_frame(stream)
                method = message.get("method")
                if "id" not in message:
                    continue
                if method == "initialize":
                    is_open = True
                elif not is_open:
                    fault = {"code": -32000, "message": "init_required"}
                    await write_frame(stream, {"jsonrpc": "2.0", "id": message["id"], "error": fault})
                    return await stream.close()
                await write_frame(stream, {"jsonrpc": "2.0", "id": message["id"], **self.answer(method, message)})
        except Exception:
            await stream.close()

    def answer(self, method, message):
        params = message.get("params") or {}
        if method == "initialize":
            return {"result": {"ok": True, "protocolVersion": "2024-11-05", "capabilities": {"tools": {}},
                               "serverInfo": {"name": "interop-peer", "version": "1"}}}
        if method != "tools/call":
            return {"error": {"code": -32601, "message": "method_not_found"}}
        name, args = params.get("name"), params.get("arguments") or {}
        if name == "task_queue.rpc":
            return {"result": {"content": self.queue(args)}}
        if name == "add":
            return {"result": {"content": {"ok": True, "sum": args["a"] + args["b"]}}}
        return {"error": {"code": -32002, "message": "unknown_tool"}}

    def queue(self, message):
        op, key = message.get("op"), message.get("key")
        base = {"ok": True, "peer_id": self.peer_id}
        if op == "cache.set":
            self.cache[key] = message.get("value")
            return {**base, "key": key}
        if op == "cache.get":
            return {**base, "key": key, "hit": key in self.cache, "value": self.cache.get(key)}
        if op == "status":
            return {**base, "capabilities": {"task_types": []}}
        return {"ok": False, "error": "unknown_op", "peer_id": self.peer_id}


class Client:
    """One stream to a node, for as many requests as there are answers to wait for."""

    def __init__(self, stream):
        self.stream = stream
        self.last_id = 0
        self.others = []

    async def request(self, method, params):
        self.last_id += 1
        message = {"jsonrpc": "2.0", "id": self.last_id, "method": method, "params": params}
        await write_frame(self.stream, message)
        return await self.answer_to(self.last_id)

    async def answer_to(self, request_id):
        while True:
            answer = await read_frame(self.stream)
            if answer.get("id") == request_id and "method" not in answer:
                return answer
            self.others.append(answer)


class Peer:
    def __init__(self, host):
        self.host = host
        self.server = Server(str(host.get_id()))
        self.client = None

    async def connect(self, address):
        await self.host.connect(info_from_p2p_addr(multiaddr.Multiaddr(address)))
        target = info_from_p2p_addr(multiaddr.Multiaddr(address)).peer_id
        connection = self.host.get_network().connections[target]
        connection = connection[0] if isinstance(connection, list) else connection
        muxed = connection.muxed_conn
        secured = getattr(muxed, "secured_conn", None)
        return {"muxer": type(muxed).__name__, "security": describe(secured)}

    async def open(self, peer_id, protocol=MCP):
        return await self.host.new_stream(ID.from_base58(peer_id), [TProtocol(protocol)])

    async def do_connect(self, address):
        return await self.connect(address)

    async def do_open(self, peer_id):
        self.client = Client(await self.open(peer_id))

    async def do_request(self, method, params):
        return await self.client.request(method, params)

    async def do_requests(self, requests):
        """All sent before the first answer is read; the answers in the order of the requests."""
        first = self.client.last_id + 1
        for method, params in requests:
            self.client.last_id += 1
            message = {"jsonrpc": "2.0", "id": self.client.last_id, "method": method, "params": params}
            await write_frame(self.client.stream, message)
        answers = {}
        while len(answers) < len(requests):
            answer = await read_frame(self.client.stream)
            answers[answer["id"]] = answer
        return [answers[first + n] for n in range(len(requests))]

    async def do_send(self, hex, reads):
        """Bytes as they are; then what comes back, as far as it comes."""
        await self.client.stream.write(bytes.fromhex(hex))
        return [await read_frame(self.client.stream) for _ in range(reads)]

    async def do_ended(self):
        """Whether the other side has ended the stream."""
        try:
            return len(await self.client.stream.read(1)) == 0
        except Exception as error:
            return type(error).__name__

    async def do_join(self, peer_id, secret):
        stream = await self.open(peer_id, JOIN)
        await write_frame(stream, {"secret": secret})
        answer = await read_frame(stream)
        await stream.close()
        return answer

    async def do_serve(self, wants_session):
        self.server.wants_session = wants_session
        self.host.set_stream_handler(MCP, self.server.serve)

    async def do_seen(self):
        return self.server.seen

    async def do_protocols(self, peer_id):
        return list(self.host.get_peerstore().get_protocols(ID.from_base58(peer_id)))

    async def run(self, line):
        order = json.loads(line)
        request_id, name = order.pop("id"), order.pop("do")
        try:
            with trio.fail_after(CALL_LIMIT_S):
                say({"id": request_id, "ok": await getattr(self, f"do_{name}")(**order)})
        except BaseException as error:
            if isinstance(error, (trio.Cancelled, KeyboardInterrupt)):
                raise
            say({"id": request_id, "error": f"{type(error).__name__}: {error}"})


def describe(secured):
    """The names of the layers under the muxer."""
    names = []
    while secured is not None and len(names) < 6:
        names.append(type(secured).__name__)
        secured = next((getattr(secured, name) for name in ("conn", "read_writer", "raw_conn") if hasattr(secured, name)), None)
    return names


def say(message):
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


async def main():
    options = json.loads(sys.argv[1])
    keys = KEYS[options.get("key", "ed25519")]()
    listen = multiaddr.Multiaddr(f"/ip4/{options['host']}/tcp/{options['port']}")
    host = new_host(key_pair=keys, listen_addrs=[listen], enable_mDNS=options.get("mdns", False))
    async with host.run(listen_addrs=[listen]), trio.open_nursery() as nursery:
        peer = Peer(host)
        if options.get("mdns"):
            peerDiscovery.register_peer_discovered_handler(
                lambda info: say({"found": str(info.peer_id), "addresses": [str(one) for one in info.addrs]})
            )
        say({"ready": str(host.get_id()), "addresses": [str(address) for address in host.get_addrs()]})
        async for line in trio.wrap_file(sys.stdin):
            nursery.start_soon(peer.run, line)
        nursery.cancel_scope.cancel()


trio.run(main)
