"""A server behind the adapter contract (conformance/README.md, "How a foreign implementation is attached")."""
import base64, hashlib, json, re, sys


def serve(octets):
    head, end, rest = octets.partition("\r\n\r\n")
    if not end:
        return {"waits": True}
    key = re.search(r"^sec-websocket-key:[ \t]*(.*?)[ \t]*\r?$", head, re.IGNORECASE | re.MULTILINE)
    if not key:
        return {"written": "HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"}
    digest = hashlib.sha1(key[1].encode("latin-1") + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest()
    fields = ["Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Accept: " + base64.b64encode(digest).decode()]
    return {"written": "\r\n".join(["HTTP/1.1 101 Switching Protocols", *fields, "", ""]), "rest": rest}


print(json.dumps({"ws101": 2, "name": "example", "version": "2"}), flush=True)
for case in map(json.loads, sys.stdin):
    answer = serve("".join(case["reads"])) if case["role"] == "server" else {"unsupported": "is no client"}
    print(json.dumps({"id": case["id"], **answer}), flush=True)
