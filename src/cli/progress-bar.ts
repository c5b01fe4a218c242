import type { Paint } from './text.js'

const EIGHTHS = ' ▏▎▍▌▋▊▉█'

/** A bar that moves by eighths of a column. */
export function drawBar(progress: number, width: number, paint: Paint): string {
  const eighths = Math.floor(progress * width * 8)
  const full = Math.floor(eighths / 8)
  const part = full < width ? (EIGHTHS[eighths % 8] as string) : ''
  return `▕${paint('green', '█'.repeat(full) + part)}${' '.repeat(width - full - part.length)}▏`
}
