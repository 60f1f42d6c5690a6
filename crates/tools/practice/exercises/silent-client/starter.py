# A silent client must not keep the next one waiting.   HOST PORT
import socket
import sys

host, port = sys.argv[1:] or ("localhost", 8080)

listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind((host, int(port)))
listener.listen(128)

while True:
    connection, _ = listener.accept()
    while True:
        line = connection.recv(1024)
        if not line:
            break  # the client has ended
        connection.sendall(line)
    connection.close()
