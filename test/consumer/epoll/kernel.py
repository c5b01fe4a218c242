#!/usr/bin/env python3
"""Plays scripts against the kernel: real ring buffer maps, BPF programs that write into them, and one epoll.

Reads JSON from standard input, a list of scripts; a script is a list of steps. Writes a list of answers for each: one
answer for each step that has one. RINGS rings of one page are made anew for every script.

    ["add", ring, edge]   ["mod", ring, edge]   ["del", ring]
    ["output", ring, flags]   ["submit", ring, flags]   ["discard", ring, flags]
    ["consume", ring, most]          answers how many records it took
    ["wait", maxEvents]              answers the rings that epoll_wait(0) reports, in its order

Needs the right to call bpf(2). Exit status 2: that is missing here.
"""

import ctypes
import json
import mmap
import os
import select
import struct
import sys
import time

RINGS = 3
PAGE = 4096
MAP_CREATE, PROG_LOAD, TEST_RUN = 0, 5, 10
RINGBUF, SCHED_CLS = 27, 3
OUTPUT, RESERVE, SUBMIT, DISCARD = 130, 131, 132, 133
BUSY, DISCARDED = 1 << 31, 1 << 30

libc = ctypes.CDLL(None, use_errno=True)


def bpf(command, attributes):
    buffer = ctypes.create_string_buffer(attributes, 144)
    answer = libc.syscall(321, command, buffer, 144)
    if answer < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return answer


def instruction(code, destination=0, source=0, offset=0, value=0):
    return struct.pack("<BBhi", code, source << 4 | destination, offset, value)


def load_map(register, fd):
    return instruction(0x18, register, 1, 0, fd) + instruction(0)


def move(register, value):
    return instruction(0xB7, register, 0, 0, value)


def program(fd, kind, flags):
    if kind == "output":
        code = (
            instruction(0x7A, 10, 0, -8, 1)  # *(u64 *)(r10 - 8) = 1
            + load_map(1, fd)
            + instruction(0xBF, 2, 10)
            + instruction(0x07, 2, 0, 0, -8)
            + move(3, 8)
            + move(4, flags)
            + instruction(0x85, 0, 0, 0, OUTPUT)
        )
    else:
        code = (
            load_map(1, fd)
            + move(2, 8)
            + move(3, 0)
            + instruction(0x85, 0, 0, 0, RESERVE)
            + instruction(0x15, 0, 0, 3, 0)  # if r0 == 0 goto exit
            + instruction(0xBF, 1, 0)
            + move(2, flags)
            + instruction(0x85, 0, 0, 0, SUBMIT if kind == "submit" else DISCARD)
        )
    code += move(0, 0) + instruction(0x95)
    text = ctypes.create_string_buffer(code, len(code))
    licence = ctypes.create_string_buffer(b"GPL")
    return bpf(
        PROG_LOAD,
        struct.pack("<IIQQ", SCHED_CLS, len(code) // 8, ctypes.addressof(text), ctypes.addressof(licence)),
    )


packet = ctypes.create_string_buffer(64)


def run(fd):
    bpf(TEST_RUN, struct.pack("<IIIIQQII", fd, 0, 64, 0, ctypes.addressof(packet), 0, 1, 0))


class Ring:
    def __init__(self):
        self.fd = bpf(MAP_CREATE, struct.pack("<IIII", RINGBUF, 0, 0, PAGE))
        self.consumer = mmap.mmap(self.fd, PAGE, mmap.MAP_SHARED, mmap.PROT_READ | mmap.PROT_WRITE, offset=0)
        self.producer = mmap.mmap(self.fd, 3 * PAGE, mmap.MAP_SHARED, mmap.PROT_READ, offset=PAGE)
        self.programs = {}

    def write(self, kind, flags):
        if (kind, flags) not in self.programs:
            self.programs[kind, flags] = program(self.fd, kind, flags)
        run(self.programs[kind, flags])

    def consume(self, most):
        taken = 0
        position = struct.unpack_from("<Q", self.consumer)[0]
        while taken < most and position < struct.unpack_from("<Q", self.producer)[0]:
            length = struct.unpack_from("<I", self.producer, PAGE + position % PAGE)[0]
            if length & BUSY:
                break
            position += ((length & ~DISCARDED) + 8 + 7) & ~7
            if not length & DISCARDED:
                taken += 1
            struct.pack_into("<Q", self.consumer, 0, position)
        return taken

    def close(self):
        self.consumer.close()
        self.producer.close()
        for fd in self.programs.values():
            os.close(fd)
        os.close(self.fd)


def play(script):
    rings = [Ring() for _ in range(RINGS)]
    poller = select.epoll()
    answers = []
    for step, *rest in script:
        if step in ("add", "mod"):
            change = poller.register if step == "add" else poller.modify
            change(rings[rest[0]].fd, select.EPOLLIN | (select.EPOLLET if rest[1] else 0))
        elif step == "del":
            poller.unregister(rings[rest[0]].fd)
        elif step == "consume":
            answers.append(rings[rest[0]].consume(rest[1]))
        elif step == "wait":
            time.sleep(0.0001)  # a wake-up comes by an interrupt
            numbers = {ring.fd: i for i, ring in enumerate(rings)}
            answers.append([numbers[fd] for fd, _ in poller.poll(0, rest[0])])
        else:
            rings[rest[0]].write(step, rest[1])
    poller.close()
    for ring in rings:
        ring.close()
    return answers


def main():
    try:
        Ring().close()
    except OSError as error:
        sys.stderr.write(f"no ring buffer map: {error}\n")
        sys.exit(2)
    json.dump([play(script) for script in json.load(sys.stdin)], sys.stdout)


main()
