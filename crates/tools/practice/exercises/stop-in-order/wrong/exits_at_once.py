# SIGTERM ends the program with status 0, wherever it is.
import signal
import socket
import sys


def serve(connection):
    connection.sendall(connection.makefile("rb").readline())


signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
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
