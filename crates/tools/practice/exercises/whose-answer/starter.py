# Asks a question over UDP, and prints the answer.   python3 starter.py [HOST PORT]
import socket
import sys

host, port = sys.argv[1:] or ("127.0.0.1", 8080)

client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
client.sendto(b"question", (host, int(port)))

data, _ = client.recvfrom(1024)
print("answer", data.decode(), flush=True)
client.close()
