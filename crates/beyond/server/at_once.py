# Four clients at once, with a question each, and who has the port then.
# python3 at_once.py ANSWERED [HOST PORT]
import socket
import subprocess
import sys

if sys.argv[1:2] not in (["1"], ["4"]) or len(sys.argv) not in (2, 4):
    sys.exit("usage: python3 at_once.py 1|4 [HOST PORT], for so many answers to wait before we look")
answered = int(sys.argv[1])
host, port = sys.argv[2:] or ("localhost", "8080")
clients = [socket.create_connection((host, int(port))) for _ in range(4)]
for client in clients:
    client.sendall(b"hello\n")
for client in clients[:answered]:
    print("answered:", client.recv(1024), flush=True)
subprocess.run(["target/debug/xray", "--port", port])
for client in clients:
    client.shutdown(socket.SHUT_WR)
    while client.recv(1024):
        pass
