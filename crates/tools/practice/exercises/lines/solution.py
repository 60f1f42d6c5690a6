# Answers each line with its number, one client after another.   python3 solution.py [IP PORT]
import socket
import sys


def serve(connection):
    number = 0
    rest = b""  # bytes: a piece may end in the middle of a character
    while data := connection.recv(1024):
        rest += data
        # None, one or several lines may be whole now; what follows them is kept for the next recv.
        *lines, rest = rest.split(b"\n")
        for line in lines:
            number += 1
            connection.sendall(b"%d %s\n" % (number, line))
    # The client's end. What is left in rest has no newline: it is no message.


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
