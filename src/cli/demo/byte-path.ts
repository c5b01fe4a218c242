/**
 * A path as the file system has it: bytes, one character (U+0000 to U+00FF) each.
 *
 * File names on Linux need not be text. Decoded as UTF-8, two names may look the same, and neither could
 * be opened. As strings of bytes they are exact, and cheap to send between threads.
 */
export type BytePath = string

export function fromText(text: string): BytePath {
  return fromBytes(Buffer.from(text, 'utf8'))
}

export function fromBytes(bytes: Buffer): BytePath {
  return bytes.toString('latin1')
}

export function toBytes(path: BytePath): Buffer {
  return Buffer.from(path, 'latin1')
}

export function toText(path: BytePath): string {
  return toBytes(path).toString('utf8')
}

/** An empty path stands for the place itself. */
export function joinPath(directory: BytePath, name: BytePath): BytePath {
  if (directory === '') return name
  if (name === '') return directory
  return directory.endsWith('/') ? directory + name : `${directory}/${name}`
}
