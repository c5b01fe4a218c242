/** Random steps. They become operations when it is known what has become of those before them. */
import fc from 'fast-check'

export type Step =
  | { readonly kind: 'reserve'; readonly size: number; readonly flags: number; readonly seed: number }
  /** `which` of the records that are held. */
  | { readonly kind: 'commit'; readonly which: number; readonly discard: boolean; readonly flags: number }
  | { readonly kind: 'output'; readonly size: number; readonly flags: number; readonly seed: number }
  | { readonly kind: 'consume'; readonly most: number }
  | { readonly kind: 'look'; readonly at: Look }
  | { readonly kind: 'header'; readonly which: number }

/** What can be looked at at any time, and what a plug-in must have for it. */
export const LOOKS = {
  'query available': undefined,
  'query consumer': undefined,
  'query producer': undefined,
  'query 7': undefined,
  readable: 'readable',
  'position consumer': 'positions',
  'position producer': 'positions',
  'position pending': 'pending-position',
} as const
export type Look = keyof typeof LOOKS

const size = fc.oneof(
  { weight: 6, arbitrary: fc.nat(64) },
  { weight: 4, arbitrary: fc.nat(1500) },
  { weight: 1, arbitrary: fc.constantFrom(0, 4072, 4080, 4081, 4088, 4089, 4096, 8176, 8192, 65_536) },
)
const commitFlags = fc.constantFrom(0, 0, 0, 1, 2, 3)
const seed = fc.nat(255)

export const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('reserve' as const),
      size,
      flags: fc.constantFrom(0, 0, 0, 0, 0, 0, 0, 0, 1, 4),
      seed,
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('commit' as const),
      which: fc.nat(7),
      discard: fc.constantFrom(false, false, true),
      // Bits that nobody knows are ignored here.
      flags: fc.oneof({ weight: 5, arbitrary: commitFlags }, { weight: 1, arbitrary: fc.constantFrom(4, 8) }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('output' as const),
      // Bytes have to be told; what is longer than any ring is left to `reserve`.
      size: size.filter((bytes) => bytes <= 8192),
      flags: fc.oneof({ weight: 8, arbitrary: commitFlags }, { weight: 1, arbitrary: fc.constantFrom(4, 7) }),
      seed,
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('consume' as const), most: fc.nat(6) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('look' as const),
      at: fc.constantFrom(...(Object.keys(LOOKS) as Look[])),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('header' as const), which: fc.nat(7) }) },
)

export interface RingDraw {
  readonly size: number
  readonly overwrites: boolean
  readonly start: number
}

export const ring: fc.Arbitrary<RingDraw> = fc.record({
  size: fc.constantFrom(4096, 4096, 8192),
  overwrites: fc.constantFrom(false, false, true),
  start: fc.oneof(
    fc.constant(0),
    fc.nat(1024).map((words) => words * 8),
    fc.nat(1023).map((words) => 2 ** 32 - (words + 1) * 8),
  ),
})
