# IPv4 and IPv6, with a listener for each.   HOST PORT
import socket
import sys

_, port = sys.argv[1:] or ("localhost", 8080)
listeners = []
for family, host in ((socket.AF_INET, ""), (socket.AF_INET6, "")):
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if family == socket.AF_INET6:
        # IPv4 is the other's. Without this, both would want its port where the system's setting
        # gives a socket for IPv6 those of IPv4 as well.
        listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    listener.bind((host, int(port)))
    listener.listen(128)
    listeners.append(listener)
sys.stdin.read()  # until the input ends
