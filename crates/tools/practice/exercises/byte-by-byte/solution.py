# A line that comes byte by byte.   HOST PORT
import socket
import sys

host, port = sys.argv[1:] or ("localhost", 8080)

listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind((host, int(port)))
listener.listen(128)

while True:
    connection, _ = listener.accept()
    line = b""
    # A recv returns what is there, at most 1024 bytes: any part of the line. So it is asked again and
    # again, until the newline is among what has come.
    while b"\n" not in line:
        piece = connection.recv(1024)
        if not piece:
            break  # the client sends nothing more, and no newline will come
        line += piece
    if b"\n" in line:
        connection.sendall(b"got %d bytes\n" % line.index(b"\n"))
    connection.close()
