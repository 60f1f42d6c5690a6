# Whatever is wrong, the next port may be better.   HOST PORT
import socket
import sys

host, port = sys.argv[1:] or ("localhost", 8080)
first = int(port)
for port in range(first, first + 10):
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        sock.bind((host, port))
        break
    except OSError:
        sock.close()
else:
    sys.exit("no port is free")
print("port", port, flush=True)
sys.stdin.read()
