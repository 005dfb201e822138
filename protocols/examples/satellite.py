"""A satellite for MicroPython: a board with an I2S amplifier plays what servers announce over MQTT.

It needs `umqtt.simple` (`mpremote mip install umqtt.simple`), a network, 150 kB of memory, and beside it a settings.py
with BROKER, PORT and TARGET. One speech sounds at a time; the others wait with the half second that their server sent.

It also runs on a computer where others play MicroPython's modules: in a checkout of kokoro_stream, with paho-mqtt,
`AMPLIFIER=speech.raw PYTHONPATH=FOLDER_OF_SETTINGS:tests/protocols/micropython python protocols/examples/satellite.py`.
"""

import json
import select
import struct
import time

from machine import I2S, Pin
from settings import BROKER, PORT, TARGET
from umqtt.simple import MQTTClient

RATE, BUFFER = 24000, 9600  # Hz, as servers send it; bytes of 16-bit samples that wait in the amplifier's driver
STATUS = "kokoro/player/" + TARGET + "/status"

audio = I2S(0, sck=Pin(4), ws=Pin(5), sd=Pin(6), mode=I2S.TX, bits=16, format=I2S.MONO, rate=RATE, ibuf=BUFFER)
client = MQTTClient("satellite-" + TARGET, BROKER, PORT, keepalive=30)
sessions = []  # in the order in which they came; the first one sounds


class Session:
    def __init__(self, base, context):
        self.base, self.context = base, context
        self.frames = []  # two seconds at most: for more the server waits until these have been acknowledged
        self.position = self.sequence = 0  # samples written, and the next frame's number
        self.over = False  # no frame follows

    def say(self, kind, **fields):
        client.publish(self.base + b"/up", json.dumps(dict(fields, type=kind, context=self.context)).encode())

    def acknowledge(self, unheard=BUFFER // 2):
        self.say("playback.ack", played_ms=max(0, self.position - unheard) * 1000 // RATE)

    def play(self):
        frame = self.frames.pop(0)
        _, flags, _, sequence, offset = struct.unpack_from("<BBHIQ", frame)
        missing = offset - self.position
        if sequence < self.sequence or missing < 0:
            return  # it has sounded
        if missing:
            gap = {"first_sequence": self.sequence, "last_sequence": sequence - 1, "missing_ms": missing * 1000 // RATE}
            self.say("playback.gap", **gap)
            audio.write(bytes(2 * min(missing, RATE)))  # silence; nobody waits for more than a second of it
        audio.write(memoryview(frame)[16:])  # returns when the driver has room for the rest
        self.position, self.sequence, self.over = offset + (len(frame) - 16) // 2, sequence + 1, bool(flags & 1)


def on_message(topic, message):
    levels = topic.split(b"/")
    mine = [session for session in sessions if session.base == topic[: -len(b"/down")]]
    if message[:1] == b"K":
        for session in mine:
            session.frames.append(message)
        return
    said = json.loads(message)
    if levels[-1] == b"status":  # kokoro/server/NODE/status
        mine = [session for session in sessions if session.base.split(b"/")[-2] == levels[-2]]
    if said.get("type") == "context.started":
        sessions.append(Session(topic[: -len(b"/down")], said["context"]))
    if said.get("type") == "context.interrupted":
        for session in mine:
            session.frames.clear()
    if said.get("type") in ("context.interrupted", "session.goodbye") or said.get("state") == "offline":
        for session in mine:
            session.over = True


def run():
    sessions.clear()
    client.set_callback(on_message)
    client.set_last_will(STATUS, b'{"state":"offline"}', retain=True)
    client.connect()
    client.subscribe("kokoro/player/" + TARGET + "/+/+/down", 1)
    client.subscribe("kokoro/server/+/status", 1)
    client.publish(STATUS, b'{"state":"online","acks":true}', retain=True)
    arrivals = select.poll()
    arrivals.register(client.sock, select.POLLIN)
    turn = 0
    while True:
        while arrivals.poll(0 if sessions and (sessions[0].frames or sessions[0].over) else 100):
            client.check_msg()
        if sessions and sessions[0].frames:
            sessions[0].play()
        elif sessions and sessions[0].over:
            audio.write(bytes(BUFFER))  # pushes out what is in the driver
            sessions.pop(0).acknowledge(0)
        turn += 1
        if turn % 5 == 0:  # every 200 ms while something sounds
            for session in sessions:
                session.acknowledge()
        if turn % 50 == 0:
            client.ping()


while True:
    try:
        run()
    except (OSError, ValueError):  # the broker has gone, or somebody sends nonsense
        time.sleep(1)
