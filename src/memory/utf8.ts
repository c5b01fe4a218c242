/**
 * UTF-8 in plain JavaScript, for threads without TextEncoder and TextDecoder: those of an AudioWorklet. It answers
 * what they would; it is several times as slow.
 */

const REPLACEMENT = 0xfffd

export const plainEncoder = {
  /** Writes as much as three bytes for each unit of the text: the caller sees to the room. */
  encodeInto(text: string, target: Uint8Array): { written: number } {
    let written = 0
    for (const character of text) {
      const point = character.codePointAt(0) as number
      written = writePoint(isSurrogate(point) ? REPLACEMENT : point, target, written)
    }
    return { written }
  },
}

export const plainDecoder = {
  decode(bytes: Uint8Array): string {
    let text = ''
    for (let at = 0; at < bytes.length; ) {
      const first = bytes[at++] as number
      let left = followers(first)
      let point = left < 0 ? REPLACEMENT : first & (0x7f >> (left === 0 ? 0 : left + 1))
      let [low, high] = secondByte(first)
      for (; left > 0; left--) {
        const next = bytes[at]
        // What ends a character too early begins the next one.
        if (next === undefined || next < low || next > high) {
          point = REPLACEMENT
          break
        }
        at++
        point = (point << 6) | (next & 0x3f)
        low = 0x80
        high = 0xbf
      }
      text += String.fromCodePoint(point)
    }
    return text
  },
}

function isSurrogate(point: number): boolean {
  return point >= 0xd800 && point <= 0xdfff
}

/** Answers where the next one goes. */
function writePoint(point: number, target: Uint8Array, at: number): number {
  if (point < 0x80) {
    target[at] = point
    return at + 1
  }
  const followers = point < 0x800 ? 1 : point < 0x10000 ? 2 : 3
  // As many bits are set at the top of the first byte as there are bytes.
  target[at] = (0xff00 >> (followers + 1)) | (point >> (6 * followers))
  for (let i = 1; i <= followers; i++) target[at + i] = 0x80 | ((point >> (6 * (followers - i))) & 0x3f)
  return at + followers + 1
}

/** How many bytes belong to a character that begins with this one; -1: none begins so. */
function followers(first: number): number {
  if (first < 0x80) return 0
  if (first < 0xc2 || first > 0xf4) return -1
  return first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3
}

/** What may follow it: no character is written longer than need be, none is a surrogate, or beyond the last. */
function secondByte(first: number): [low: number, high: number] {
  if (first === 0xe0) return [0xa0, 0xbf]
  if (first === 0xed) return [0x80, 0x9f]
  if (first === 0xf0) return [0x90, 0xbf]
  if (first === 0xf4) return [0x80, 0x8f]
  return [0x80, 0xbf]
}
