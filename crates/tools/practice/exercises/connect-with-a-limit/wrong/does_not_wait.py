# Connect, but do not wait for ever.   HOST PORT
import errno
import socket
import sys
import time

host, port = sys.argv[1:] or ("localhost", 8080)

client = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
client.setblocking(False)
error = client.connect_ex((host, int(port)))
if error == 0:
    print("connected", flush=True)
elif error == errno.ECONNREFUSED:
    print("refused", flush=True)
else:
    time.sleep(0.5)
    print("no answer", flush=True)
client.close()
