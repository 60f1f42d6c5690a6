# Asks a question over UDP, and prints the answer of the one that was asked.
# python3 solution.py [HOST PORT]
import socket
import sys

host, port = sys.argv[1:] or ("127.0.0.1", 8080)

client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
# It sends nothing. It fixes the peer, before anybody can know this socket's port: the kernel throws
# away what comes from another address or port. (The other way is to compare the sender that recvfrom
# returns, and to receive again where it is a stranger.)
client.connect((host, int(port)))
client.send(b"question")

data = client.recv(1024)
print("answer", data.decode(), flush=True)
client.close()
