# Connect, but do not wait for ever.   HOST PORT
import socket
import sys

host, port = sys.argv[1:] or ("localhost", 8080)

client = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
client.settimeout(0.5)
try:
    client.connect((host, int(port)))
    print("connected", flush=True)
except OSError:
    print("no answer", flush=True)
client.close()
