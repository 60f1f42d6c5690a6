# Runs each Python expression of the page "From Python to Rust".
import errno
import socket

sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
address = ("127.0.0.1", 0)
sock.bind(address)
sock.listen(1)
sock.close()

server = socket.create_server(address)
address = server.getsockname()
client = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
client.connect(address)
connection, client_address = server.accept()
assert client.getsockname() == client_address == connection.getpeername()
assert client.getpeername() == address
assert client.send(b"hello") == 5
client.sendall(b"hello")
assert connection.recv(10, socket.MSG_WAITALL) == b"hellohello"
client.send(b"hello")
assert connection.recv(1024) == b"hello"

client.setblocking(False)
try:
    client.recv(1024)
except OSError as error:
    assert isinstance(error, BlockingIOError) and error.errno == errno.EAGAIN
client.settimeout(2)
assert client.gettimeout() == 2
copy = client.dup()
client.shutdown(socket.SHUT_WR)
client.close()
assert connection.recv(1024) == b""
copy.close()
second = socket.create_connection(address, timeout=2)
second.close()

address = (address[0], 0)
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(address)
address = sock.getsockname()
sock.sendto(b"hello", address)
assert sock.recvfrom(1024) == (b"hello", address)
assert ("127.0.0.1", 8080) in [info[4] for info in socket.getaddrinfo("localhost", 8080)]
print("done")
