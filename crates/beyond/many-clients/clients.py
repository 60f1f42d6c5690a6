# Clients for a server that should serve many.   python3 clients.py WHAT NUMBER… [HOST PORT]
import select
import socket
import subprocess
import sys

PATIENCE = 2  # seconds without any answer: less than the servers have for a silent client


def connect():
    return socket.create_connection((host, int(port)))


def silent():
    return connect()


def greedy():
    client = connect()
    client.settimeout(0.2)
    try:
        while True:
            client.sendall(bytes(10_000))  # and receives nothing
    except socket.timeout:
        return client  # there is no room any more, neither here nor there


def ask_beside(kind, others, asking, look=False):
    there = [kind() for _ in range(others)]
    clients = [connect() for _ in range(asking)]
    for client in clients:
        client.sendall(b"hello\n")
    answered = goodbyes(clients, PATIENCE)
    text = {asking: "all are answered", 0: "none is answered"}.get(answered)
    text = text or f"some wait; {answered} are answered"
    print(f"{others} {kind.__name__}, {asking} asking: {text}", flush=True)
    if look:
        subprocess.run(["target/debug/xray", "--port", port])
    for client in there:
        client.close()
    goodbyes(clients, 10 * PATIENCE)


def goodbyes(clients, patience):
    """Lets those go that are answered, and so make room, until no answer has come for a while."""
    answered = 0
    while ready := clients and select.select(clients, [], [], patience)[0]:
        for client in ready:
            answered += client.recv(100) == b"hello\n"
            says_goodbye(client)
            clients.remove(client)
    return answered


def says_goodbye(client):
    client.shutdown(socket.SHUT_WR)
    client.settimeout(10 * PATIENCE)
    while client.recv(100):
        pass


def one_after_another(count):
    for _ in range(count):
        client = connect()
        client.sendall(b"hello\n")
        client.recv(100)
        says_goodbye(client)
    print(count, "clients, one after another")


def in_turn():
    clients = []
    for words in b"first\n", b"second\n":
        clients.append(connect())
        clients[-1].sendall(words)
        print("answered:", clients[-1].recv(100))
    for client in clients:
        client.sendall(b"again\n")
        print("answered:", client.recv(100))
    for client in clients:
        says_goodbye(client)


actions = {
    "silent": (2, lambda others, asking: ask_beside(silent, others, asking)),
    "greedy": (2, lambda others, asking: ask_beside(greedy, others, asking)),
    "look": (2, lambda others, asking: ask_beside(silent, others, asking, look=True)),
    "one-after-another": (1, one_after_another),
    "in-turn": (0, in_turn),
}
what = sys.argv[1] if sys.argv[1:] else ""
length, action = actions.get(what, (0, None))
numbers, address = sys.argv[2:][:length], sys.argv[2:][length:] or ["localhost", "8080"]
if not action or len(numbers) != length or len(address) != 2:
    sys.exit(
        "usage: python3 clients.py WHAT [HOST PORT], where WHAT is silent, greedy or look, with how\n"
        "many of these there are and how many ask; or one-after-another, with how many; or in-turn"
    )
host, port = address
action(*map(int, numbers))
