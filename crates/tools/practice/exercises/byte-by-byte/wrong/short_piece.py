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
    while True:
        piece = connection.recv(1024)
        line += piece
        if len(piece) < 1024:  # that was all
            break
    connection.sendall(b"got %d bytes\n" % len(line.rstrip(b"\n")))
    connection.close()
