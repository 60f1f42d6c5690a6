# Step 6 in Python: a question, an answer and two sends over UDP.   python3 udp.py [HOST PORT]
import socket
import sys

host, port = sys.argv[1:] or ("localhost", 8080)

server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind((host, int(port)))
client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
client.bind((server.getsockname()[0], 0))  # without it, sendto would bind to every interface

client.sendto(b"question", server.getsockname())
data, sender = server.recvfrom(1024)
print("received", data, "from", sender)
server.sendto(b"answer", sender)
print("received", client.recvfrom(1024)[0])

client.sendto(b"one", server.getsockname())
client.sendto(b"two", server.getsockname())
for _ in range(2):
    print("received", server.recvfrom(1024)[0])  # one datagram each

for sock in (client, server):
    sock.close()
