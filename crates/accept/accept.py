# Step 4 in Python: accept takes the next client out of the queue.   python3 accept.py [HOST PORT]
import socket
import sys

host, port = sys.argv[1:] or ("localhost", 8080)

listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind((host, int(port)))
listener.listen(1)

client = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
client.connect(listener.getsockname())
client.send(b"hello\n")

connection, client_address = listener.accept()
print("accepted", client_address, "on", connection.getsockname())

data = connection.recv(1024)
print("received", data)
connection.send(b"%d bytes arrived\n" % len(data))
print("answered", client.recv(1024))

client.close()
print("the end:", len(connection.recv(1024)), "bytes")
connection.close()
listener.close()
