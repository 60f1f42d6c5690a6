# The next port that is free.   HOST PORT
import errno
import socket
import sys

host, port = sys.argv[1:] or ("localhost", 8080)
first = int(port)
for port in range(first, first + 10):
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        sock.bind((host, port))
        break
    except OSError as error:
        sock.close()
        if error.errno != errno.EADDRINUSE:
            raise  # whatever else it is, it is true of the next port as well
else:
    sys.exit("ten ports are taken")
print("port", port, flush=True)
sys.stdin.read()  # until the input ends
