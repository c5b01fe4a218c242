import assert from 'node:assert/strict'
import { RingbufError } from 'bpf-ringbuf'
import type { RingbufErrorCode } from '#dist/abi/error.js'
import { type Fields, writeFields } from '#dist/bytecode/slot.js'

/** Bytes of fields, whatever they say. */
export function bytesOf(...all: readonly Fields[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(all.length * 16)
  const view = new DataView(bytes.buffer)
  let slots = 0
  for (const fields of all) slots += writeFields(view, slots, fields)
  return bytes.slice(0, slots * 8)
}

/** Bytes as the RFC writes them: hexadecimal, with spaces. */
export function bytesOfText(text: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.from(text.replaceAll(' ', ''), 'hex'))
}

/** A check for assert.throws: an error of ours, with this code, whose message says this. */
export function refusal(code: RingbufErrorCode, message: RegExp): (error: unknown) => true {
  return (error) => {
    assert.ok(error instanceof RingbufError, `${error}`)
    assert.equal(error.code, code)
    assert.match(error.message, message)
    return true
  }
}
