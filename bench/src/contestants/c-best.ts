/**
 * The limit: two rings in C, each as fast as we know how to write it (native/c_best.c, native/c_lean.c).
 *
 * They differ in what serialises reservations, a compare-and-swap or a lock, and in what that asks of the consumer.
 * None is the faster one everywhere: long records are cheaper under the lock, whose consumer has nothing to clear.
 */
import type { Contestant, NativeMeasurement } from '../contestant.js'
import { BATCH_RECORDS, handOffCases } from '../core/cases.js'
import { type NativeProgram, whyNotNative } from '../native.js'
import { nativeAxisCases } from './axes/native.js'

const handOffs = (program: NativeProgram, paced: number) =>
  handOffCases(
    ({ producers, bytes, way }): NativeMeasurement => ({
      kind: 'native',
      program,
      measurement: 'hand-off',
      settings: { producers, bytes, batch: way === 'batch' ? BATCH_RECORDS : 1, paced },
    }),
  )

/** With a consumer that polls without pause, and with one that does not. */
function ring(name: string, program: NativeProgram, about: string): readonly Contestant[] {
  const absent = () => whyNotNative(program)
  return [
    {
      name,
      kind: 'C',
      about: `${about}; the consumer polls without pause`,
      absent,
      cases: {
        'reserve-submit-8B': { kind: 'native', program, measurement: 'fill-drain' },
        ...handOffs(program, 0),
        ...nativeAxisCases(program, 0),
      },
    },
    {
      name: `${name}-paced`,
      kind: 'C',
      about: 'the same, but the consumer waits 2 us after it found the ring empty',
      absent,
      cases: { ...handOffs(program, 1), ...nativeAxisCases(program, 1) },
    },
  ]
}

export const contestants: readonly Contestant[] = [
  ...ring('c-best', 'c_best', 'claims by compare-and-swap in C (gcc -O2), memory cleared by the consumer'),
  ...ring('c-lean', 'c_lean', 'a lock in the producer position, in C (gcc -O2), positions cached'),
]
