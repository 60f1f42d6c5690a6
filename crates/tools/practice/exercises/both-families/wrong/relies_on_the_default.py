# One socket for IPv6, as it comes.   HOST PORT
import socket
import sys

_, port = sys.argv[1:] or ("localhost", 8080)
listener = socket.socket(socket.AF_INET6, socket.SOCK_STREAM)
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind(("", int(port)))
listener.listen(128)
sys.stdin.read()
