# Says bye to one client, and ends; it can be started again at once.   python3 solution.py [HOST PORT]
import socket
import sys

host, port = sys.argv[1:] or ("127.0.0.1", 8080)

listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
# Before bind, which asks for it: TIME_WAIT of an earlier run is passed over, a listener is not.
# An accepted socket has it from here, so that the next run may pass over what this one leaves.
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind((host, int(port)))
listener.listen(1)
print("listening", flush=True)

connection, _ = listener.accept()
connection.sendall(b"bye\n")
connection.close()
listener.close()
