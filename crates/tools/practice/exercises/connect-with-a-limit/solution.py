# Connect, but do not wait for ever.   HOST PORT
import socket
import sys

host, port = sys.argv[1:] or ("localhost", 8080)

client = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
# Set before connect, it limits connect as well, which would else repeat its question for more than
# two minutes.
client.settimeout(0.5)
try:
    client.connect((host, int(port)))
    print("connected", flush=True)
except ConnectionRefusedError:  # a refusal is an answer: it comes at once
    print("refused", flush=True)
except socket.timeout:
    print("no answer", flush=True)
client.close()
