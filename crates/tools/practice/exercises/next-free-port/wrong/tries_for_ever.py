# One of them will be free in the end.   HOST PORT
import errno
import socket
import sys

host, port = sys.argv[1:] or ("localhost", 8080)
port = int(port)
sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
while True:
    try:
        sock.bind((host, port))
        break
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        port += 1
print("port", port, flush=True)
sys.stdin.read()
