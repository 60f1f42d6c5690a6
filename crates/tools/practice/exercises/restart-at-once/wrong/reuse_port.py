import socket
import sys

host, port = sys.argv[1:] or ("127.0.0.1", 8080)

listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
listener.bind((host, int(port)))
listener.listen(1)
print("listening", flush=True)

connection, _ = listener.accept()
connection.sendall(b"bye\n")
connection.close()
listener.close()
