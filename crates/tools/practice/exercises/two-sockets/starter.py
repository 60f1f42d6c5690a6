# One TCP socket and one UDP socket.
import socket

tcp = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
print("tcp", tcp.fileno(), flush=True)
