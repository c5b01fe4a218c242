import { styleText } from 'node:util'
import type { Output } from './command.js'

/** `1,234,567` */
export function formatCount(count: number): string {
  return Math.round(count).toLocaleString('en-US')
}

/** `1 file`, `1,234 files` */
export function formatCounted(count: number, noun: string, plural = `${noun}s`): string {
  return `${formatCount(count)} ${count === 1 ? noun : plural}`
}

/** Text from outside, made harmless for a terminal: control characters are shown as \xNN. */
export function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what this is about
  return text.replace(/[\x00-\x1f\x7f-\x9f\\]/g, (character) => {
    return character === '\\' ? '\\\\' : `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`
  })
}

type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow'

/** Adds colour where the stream is a terminal that wants it; it honours NO_COLOR. */
export type Paint = (style: Style, text: string) => string

export function paintFor(stream: Output): Paint {
  const colored = stream.isTTY === true && stream.hasColors?.() === true
  return (style, text) => (colored ? styleText(style, text) : text)
}
