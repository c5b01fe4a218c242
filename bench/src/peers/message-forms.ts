/** What a record is while it is a message: how payloads become one, and how their numbers are found again. */

/** `Message` is what arrives. */
export interface Form<Message> {
  /** Records in a message. */
  readonly records: number
  /** Puts a payload in; answers the message when it is full. What it answers may be used again by the next. */
  open(bytes: number): (payload: Uint8Array) => Message | undefined
  /** What moves with a message instead of being copied. */
  readonly moves?: (message: Message) => ArrayBuffer[]
  /** Shows the number of each record. Throws if one is not of so many bytes. */
  read(message: Message, bytes: number, onSequence: (sequence: number) => void): void
}

/** One or several payloads behind each other, copied by structured cloning. */
export function cloned(records: number): Form<Uint8Array> {
  return {
    records,
    open(bytes) {
      const message = new Uint8Array(records * bytes)
      let filled = 0
      return (payload) => {
        message.set(payload, filled * bytes)
        filled = (filled + 1) % records
        return filled === 0 ? message : undefined
      }
    },
    read: (message, bytes, onSequence) => readPayloads(message, records, bytes, onSequence),
  }
}

/** One or several payloads in a buffer of their own, which is transferred. */
export function transferred(records: number): Form<ArrayBuffer> {
  return {
    records,
    open(bytes) {
      let message = new Uint8Array(records * bytes)
      let filled = 0
      return (payload) => {
        message.set(payload, filled * bytes)
        filled = (filled + 1) % records
        if (filled !== 0) return undefined
        const { buffer } = message
        message = new Uint8Array(records * bytes)
        return buffer
      }
    },
    moves: (message) => [message],
    read: (message, bytes, onSequence) => readPayloads(new Uint8Array(message), records, bytes, onSequence),
  }
}

interface Event {
  readonly sequence: number
  readonly payload: Uint8Array
}

/** An object, as one sends it without thinking further. */
export const object: Form<Event> = {
  records: 1,
  open: () => (payload) => ({ sequence: firstWord(payload, 0), payload }),
  read: readEvent,
}

/** An array of such objects. */
export function objects(records: number): Form<Event[]> {
  return {
    records,
    open() {
      let events: Event[] = []
      return (payload) => {
        // Each needs bytes of its own: the payload is always the same buffer.
        events.push({ sequence: firstWord(payload, 0), payload: payload.slice() })
        if (events.length < records) return undefined
        const message = events
        events = []
        return message
      }
    },
    read(message, bytes, onSequence) {
      if (message.length !== records) throw new Error(`a message of ${message.length} objects came out`)
      for (const event of message) readEvent(event, bytes, onSequence)
    },
  }
}

function readEvent(
  { sequence, payload }: Event,
  bytes: number,
  onSequence: (sequence: number) => void,
): void {
  mustHold(payload, bytes)
  onSequence(sequence)
}

function readPayloads(
  message: Uint8Array,
  records: number,
  bytes: number,
  onSequence: (sequence: number) => void,
): void {
  mustHold(message, records * bytes)
  for (let i = 0; i < records; i++) onSequence(firstWord(message, i * bytes))
}

function mustHold(message: Uint8Array, bytes: number): void {
  if (message.length !== bytes) throw new Error(`a message of ${message.length} bytes came out`)
}

/** Little-endian, by hand: a view over each message would cost more than the rest of the check. */
function firstWord(bytes: Uint8Array, offset: number): number {
  const at = (index: number) => bytes[offset + index] as number
  return at(0) | (at(1) << 8) | (at(2) << 16) | (at(3) << 24)
}
