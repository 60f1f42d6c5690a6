# The first is closed before the second is made.
import socket

for word, kind in (("tcp", socket.SOCK_STREAM), ("udp", socket.SOCK_DGRAM)):
    with socket.socket(socket.AF_INET, kind) as sock:
        print(word, sock.fileno(), flush=True)
