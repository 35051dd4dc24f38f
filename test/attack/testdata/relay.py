"""Carries bytes between its standard streams and the system bus, which sees
whoever runs this."""
import os, socket, threading

bus = socket.socket(socket.AF_UNIX)
bus.connect("/run/dbus/system_bus_socket")


def send():
    while data := os.read(0, 65536):
        bus.sendall(data)
    bus.shutdown(socket.SHUT_WR)


threading.Thread(target=send, daemon=True).start()
while data := bus.recv(65536):
    while data:
        data = data[os.write(1, data):]
