/** Records for those who carry text: so many characters, of which the first eight are the record's number. */

export const NUMBER_DIGITS = 8
const HEXADECIMAL = 16

/** Makes records of so many characters. */
export function openTextRecords(bytes: number): (sequence: number) => string {
  const filler = 'x'.repeat(bytes - NUMBER_DIGITS)
  return (sequence) => sequence.toString(HEXADECIMAL).padStart(NUMBER_DIGITS, '0') + filler
}

/** The number of the record that begins there. */
export function numberAt(text: string, at: number): number {
  return Number.parseInt(text.slice(at, at + NUMBER_DIGITS), HEXADECIMAL)
}
