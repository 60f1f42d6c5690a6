# Both are made as TCP's.
import socket

tcp = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
udp = socket.socket()  # the default is a stream socket
print("tcp", tcp.fileno(), flush=True)
print("udp", udp.fileno(), flush=True)
