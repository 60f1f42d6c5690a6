# A silent client must not keep the next one waiting.   HOST PORT
import socket
import sys
import time

host, port = sys.argv[1:] or ("localhost", 8080)

listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind((host, int(port)))
listener.listen(128)

while True:
    connection, _ = listener.accept()
    give_up = time.monotonic() + 0.5
    while True:
        connection.settimeout(max(give_up - time.monotonic(), 0.001))
        try:
            line = connection.recv(1024)
        except socket.timeout:
            break
        if not line:
            break  # the client has ended
        connection.sendall(line)
    connection.close()
