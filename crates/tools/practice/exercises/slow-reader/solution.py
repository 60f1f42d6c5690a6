# Megabytes to a slow reader.   HOST PORT
import socket
import sys

host, port = sys.argv[1:] or ("localhost", 8080)

listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind((host, int(port)))
listener.listen(128)

data = bytes(range(251)) * 40_000
while True:
    connection, _ = listener.accept()
    # For a client that keeps us waiting; sendall has this time for all of it, so it may be short only
    # if the client is fast.
    connection.settimeout(5)
    try:
        if connection.recv(1024) == b"go\n":
            # One send on a socket with a timeout takes what there is room for, and says how much that
            # was; sendall sends the rest as well.
            connection.sendall(data)
    except OSError as error:
        print(error, flush=True)  # this client alone is lost
    # The kernel sends what it has, and the end behind it.
    connection.close()
