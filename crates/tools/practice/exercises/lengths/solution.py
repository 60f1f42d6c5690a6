# Answers frames in upper case, one client after another.   python3 solution.py [IP PORT]
import socket
import sys


# A frame: two bytes that say how long it is, the higher one first, and so many bytes.
def serve(connection):
    while True:
        header = receive(connection, 2)
        if header is None:
            return  # the client's end, and no frame has begun
        body = receive(connection, int.from_bytes(header, "big"))
        if body is None:
            return  # the end in the middle of a frame: no answer
        # One send for both, or the second would wait for the client's ACK of the first.
        connection.sendall(header + body.upper())  # of bytes, upper changes ASCII alone


# So many bytes, in as many recvs as it takes, and none of the next frame; None at the end.
def receive(connection, length):
    data = b""
    while len(data) < length:
        piece = connection.recv(length - len(data))
        if not piece:
            return None
        data += piece
    return data


ip, port = sys.argv[1:] or ("127.0.0.1", 8080)
family = socket.AF_INET6 if ":" in ip else socket.AF_INET
listener = socket.socket(family, socket.SOCK_STREAM)
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind((ip, int(port)))
listener.listen(128)
print("listening on", ip, port, flush=True)
while True:
    connection, _ = listener.accept()
    with connection:
        try:
            serve(connection)
        except OSError as error:
            print("a client:", error, flush=True)  # it ends this client alone
