# A listener for each family, without any option.   HOST PORT
import socket
import sys

_, port = sys.argv[1:] or ("localhost", 8080)
listeners = []
for family, host in ((socket.AF_INET, ""), (socket.AF_INET6, "")):
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((host, int(port)))
    listener.listen(128)
    listeners.append(listener)
sys.stdin.read()
