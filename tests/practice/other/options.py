# Solves exercises with SO_REUSEADDR where the solutions do without it, and without it where they have
# it: the tasks leave that open.   EXERCISE HOST PORT
import errno
import socket
import sys
import threading


def stream(family=socket.AF_INET):
    return socket.socket(family, socket.SOCK_STREAM)


def bound(address):
    sock = stream()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.bind(address)
    return sock


def next_free(host, first):
    for port in range(first, first + 10):
        try:
            return bound((host, port))
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
    sys.exit("ten ports are taken")


def closes_each(listener):
    while True:
        connection, _ = listener.accept()
        connection.close()  # the first to close: its port has a connection in TIME_WAIT


exercise, host, port = sys.argv[1], sys.argv[2], int(sys.argv[3])
if exercise == "both-families":
    listener = stream(socket.AF_INET6)
    listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    listener.bind(("::", port))
    listener.listen(16)
    threading.Thread(target=closes_each, args=[listener], daemon=True).start()
else:
    sock = {
        "bind-any-port": lambda: bound((host, 0)),
        "for-the-neighbours": lambda: bound(("", port)),
        "next-free-port": lambda: next_free(host, port),
    }[exercise]()
    print("port", sock.getsockname()[1], flush=True)
sys.stdin.read()
