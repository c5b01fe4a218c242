"""A ring buffer that is a list: what one can see of it, and nothing of how it is done.

A plug-in of the conformance suite; the protocol is in conformance/PROTOCOL.md.
"""

import sys

NO_WAKEUP, FORCE_WAKEUP = 1, 2
OVERWRITE = 1 << 19
LONGEST = (1 << 30) - 1
PAGE = 4096
FREE = 8  # bytes that are never in use
BUSY, SUBMITTED, DISCARDED = "busy", "submitted", "discarded"


class Refused(Exception):
    """With the name of an error number."""


class Record:
    def __init__(self, position, end, size):
        self.position = position
        self.end = end
        self.payload = bytearray(size)
        self.state = BUSY


class Ring:
    def __init__(self, size, flags, start):
        if size < PAGE or size & (size - 1) or flags & ~OVERWRITE:
            raise Refused("EINVAL")
        self.size = size
        self.overwrites = bool(flags & OVERWRITE)
        self.consumer = self.producer = self.overwritten = start
        self.records = []

    def reserve(self, size, flags=0):
        end = self.producer + (size + 8 + 7) // 8 * 8
        if flags or size > LONGEST or end - self.producer > self.size - FREE:
            return None
        if not self.make_room(end):
            return None
        record = Record(self.producer, end, size)
        self.records.append(record)
        self.producer = end
        return record

    def make_room(self, end):
        first_left = end - self.size + FREE
        in_the_way = [record for record in self.records if record.position < first_left]
        if not in_the_way:
            return True
        if not self.overwrites or any(record.state == BUSY for record in in_the_way):
            return False
        self.overwritten = in_the_way[-1].end
        del self.records[: len(in_the_way)]
        return True

    def commit(self, record, flags, state=SUBMITTED):
        """Whether a consumer that sleeps is woken."""
        record.state = state
        if flags & FORCE_WAKEUP:
            return True
        return not flags & NO_WAKEUP and record.position == self.consumer

    def output(self, flags, payload):
        if flags & ~(NO_WAKEUP | FORCE_WAKEUP):
            raise Refused("EINVAL")
        record = self.reserve(len(payload))
        if record is None:
            raise Refused("EAGAIN")
        record.payload[:] = payload
        return self.commit(record, flags)

    def consume(self, most):
        shown = []
        self.consumer = max(self.consumer, self.overwritten)
        while self.records and self.records[0].state != BUSY:
            if most and len(shown) == most:
                break
            record = self.records.pop(0)
            if record.state == SUBMITTED:
                shown.append(record.payload)
            self.consumer = record.end
        return shown

    def query(self, flag):
        oldest = max(self.consumer, self.overwritten)
        answers = [self.producer - oldest, self.size, self.consumer, self.producer]
        answers.append(self.overwritten if self.overwrites else 0)
        return answers[flag] if flag < len(answers) else 0


class Plugin:
    def __init__(self):
        self.ring = None
        self.held = {}

    def hello(self, version):
        return "hello 1 python start wakeups readable positions overwrite"

    def create(self, size, flags, start):
        self.ring = Ring(int(size), int(flags), int(start))
        self.held = {}
        return "ok"

    def reserve(self, handle, size, flags):
        record = self.ring.reserve(int(size), int(flags))
        self.held[handle] = record
        return "none" if record is None else "ok"

    def write(self, handle, offset, digits):
        payload, start = read(digits), int(offset)
        self.held[handle].payload[start : start + len(payload)] = payload
        return "ok"

    def submit(self, handle, flags):
        return told(self.ring.commit(self.held.pop(handle), int(flags)))

    def discard(self, handle, flags):
        return told(self.ring.commit(self.held.pop(handle), int(flags), DISCARDED))

    def output(self, flags, digits):
        return told(self.ring.output(int(flags), read(digits)))

    def consume(self, most):
        records = self.ring.consume(int(most))
        return " ".join(["records", *(record.hex() or "-" for record in records)])

    def query(self, flag):
        return f"number {self.ring.query(int(flag))}"

    def position(self, which):
        return f"number {getattr(self.ring, which)}"

    def readable(self):
        return "yes" if self.ring.producer != self.ring.consumer else "no"


def read(digits):
    return b"" if digits == "-" else bytes.fromhex(digits)


def told(wakes):
    return "ok wake" if wakes else "ok quiet"


def main():
    plugin = Plugin()
    for line in sys.stdin:
        request, *words = line.split()
        answer = getattr(plugin, request, None)
        try:
            print(answer(*words) if answer else f"cannot {request}", flush=True)
        except Refused as refused:
            print(f"errno {refused}", flush=True)


main()
