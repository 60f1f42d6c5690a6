# Listens on another port than the one that it was given.   HOST PORT
import socket
import sys

with socket.create_server((sys.argv[-2], 0)) as listener:
    listener.accept()
