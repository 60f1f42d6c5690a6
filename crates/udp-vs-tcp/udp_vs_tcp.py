# Step 6 in Python, its first two experiments: the same work over TCP and over UDP.
# python3 udp_vs_tcp.py [HOST PORT]
import socket
import sys

host, port = sys.argv[1:] or ("localhost", 8080)

# 1. A question and an answer, over TCP
listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind((host, int(port)))
listener.listen(1)
tcp_client = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
tcp_client.connect(listener.getsockname())
tcp_client.send(b"question")
connection, _ = listener.accept()
print("TCP:", connection.recv(1024))
connection.send(b"answer")
print("TCP:", tcp_client.recv(1024))

# and over UDP
server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind((host, int(port)))
udp_client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
udp_client.bind((server.getsockname()[0], 0))  # without it, sendto would bind to every interface
udp_client.sendto(b"question", server.getsockname())
data, sender = server.recvfrom(1024)
print("UDP:", data, "from", sender)
server.sendto(b"answer", sender)
print("UDP:", udp_client.recvfrom(1024)[0])

# 2. Two sends, and then the other side receives
tcp_client.send(b"one")
tcp_client.send(b"two")
print("TCP:", connection.recv(6, socket.MSG_WAITALL))  # waits until six bytes are there
udp_client.sendto(b"one", server.getsockname())
udp_client.sendto(b"two", server.getsockname())
print("UDP:", server.recvfrom(1024)[0], "then", server.recvfrom(1024)[0])

for sock in (tcp_client, connection, listener, udp_client, server):
    sock.close()
