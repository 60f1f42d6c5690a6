# Two sockets, one listener.   HOST PORT
import socket
import sys

_, port = sys.argv[1:] or ("localhost", 8080)
ipv4 = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
ipv4.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
ipv4.bind(("", int(port)))
ipv6 = socket.socket(socket.AF_INET6, socket.SOCK_STREAM)
ipv6.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
ipv6.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
ipv6.bind(("", int(port)))
ipv4.listen(128)
sys.stdin.read()
