# One TCP socket and one UDP socket.
import socket

tcp = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
print("tcp", tcp.fileno(), flush=True)
# The type makes the difference. The first one is still open, so this one has another number.
udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
print("udp", udp.fileno(), flush=True)
tcp.close()
udp.close()
