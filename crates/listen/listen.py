# Step 3 in Python: listen lets clients queue.   python3 listen.py [HOST PORT]
import socket
import sys

host, port = sys.argv[1:] or ("localhost", 8080)

listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind((host, int(port)))
listener.listen(1)

clients = []
for number in (1, 2, 3):
    client = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    client.settimeout(0.2)
    try:
        client.connect(listener.getsockname())
        print("client", number, "is connected, without accept")
    except socket.timeout:
        print("client", number, "waits: the queue is full")
    clients.append(client)

for client in clients:
    client.close()
listener.close()
