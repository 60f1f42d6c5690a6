# Step 6 in Python: a question, an answer and two sends over TCP.   python3 tcp.py [HOST PORT]
import socket
import sys

host, port = sys.argv[1:] or ("localhost", 8080)

listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind((host, int(port)))
listener.listen(1)
client = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
client.connect(listener.getsockname())

client.send(b"question")
connection, _ = listener.accept()
print("received", connection.recv(1024))
connection.send(b"answer")
print("received", client.recv(1024))

client.send(b"one")
client.send(b"two")
print("received", connection.recv(6, socket.MSG_WAITALL))  # waits for all six bytes

for sock in (client, connection, listener):
    sock.close()
