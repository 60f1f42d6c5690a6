# Declines whatever a client wants, without a reset.   python3 solution.py [HOST PORT]
import socket
import sys


def decline(connection):
    line = b""
    while b"\n" not in line:
        data = connection.recv(1024)
        if not data:
            return
        line += data
    connection.sendall(b"no thanks\n")
    # The end goes out now, while the socket stays open: what comes still finds somebody.
    connection.shutdown(socket.SHUT_WR)
    # close with bytes unread sends a reset, and so do bytes that come after it. So everything is
    # received, and thrown away, up to the client's end; but who is silent for 1 s is left.
    connection.settimeout(1)
    while connection.recv(1024):
        pass


host, port = sys.argv[1:] or ("127.0.0.1", 8080)

listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind((host, int(port)))
listener.listen(16)

while True:
    connection, _ = listener.accept()
    with connection:
        try:
            decline(connection)
        except OSError as error:  # the limit is one of them
            print("a client:", error, flush=True)
