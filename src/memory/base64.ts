const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

/** The bytes that text of base64 stands for. Not by `atob`, which an AudioWorklet lacks. */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  const values = new Uint8Array(128)
  for (let value = 0; value < DIGITS.length; value++) values[DIGITS.charCodeAt(value)] = value
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0
  const bytes = new Uint8Array((text.length / 4) * 3 - padding)
  let held = 0
  let at = 0
  for (let i = 0; at < bytes.length; i++) {
    held = (held << 6) | (values[text.charCodeAt(i)] as number)
    // Of four digits the first completes no byte; the others leave 4, 2 and no bits for the next.
    if (i % 4 !== 0) bytes[at++] = held >>> (6 - 2 * (i % 4))
  }
  return bytes
}
