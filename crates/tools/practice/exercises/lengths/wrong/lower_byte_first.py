# The two bytes of the length are read in the processor's order, and not in the network's.
import socket
import struct
import sys


def serve(connection):
    received = connection.makefile("rb")
    while len(header := received.read(2)) == 2:
        (length,) = struct.unpack("<H", header)
        body = received.read(length)
        if len(body) < length:
            return
        connection.sendall(header + body.upper())


ip, port = sys.argv[1:] or ("127.0.0.1", 8080)
family = socket.AF_INET6 if ":" in ip else socket.AF_INET
listener = socket.socket(family, socket.SOCK_STREAM)
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind((ip, int(port)))
listener.listen(128)
print("listening on", ip, port, flush=True)
while True:
    connection, _ = listener.accept()
    with connection:
        try:
            serve(connection)
        except OSError as error:
            print("a client:", error, flush=True)  # it ends this client alone
