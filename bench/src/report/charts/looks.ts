/** Colours: who is known has the same one in every chart. They can be told apart by those who see few colours. */
import { isOurs } from '../kept-suite.js'

export interface Look {
  readonly colour: string
  /** Of two that differ only in how their consumers poll, the one that never pauses is dashed. */
  readonly dashed: boolean
}

const KNOWN: Readonly<Record<string, Look>> = {
  'ours-wasm': { colour: '#0969da', dashed: false },
  'ours-js': { colour: '#54aeff', dashed: false },
  'ours-wasm-lock': { colour: '#0a3069', dashed: false },
  'c-kernel': { colour: '#6e7781', dashed: true },
  'c-kernel-paced': { colour: '#6e7781', dashed: false },
  'c-best': { colour: '#1a7f37', dashed: true },
  'c-best-paced': { colour: '#1a7f37', dashed: false },
  kernel: { colour: '#d4700a', dashed: true },
  'kernel-paced': { colour: '#d4700a', dashed: false },
  'ringbuf.js': { colour: '#8250df', dashed: false },
  postMessage: { colour: '#cf222e', dashed: false },
  'postMessage-batch': { colour: '#cf222e', dashed: true },
  'rb-libbpf': { colour: '#d4700a', dashed: false },
  'rb-custom': { colour: '#d4700a', dashed: true },
  'threads-library': { colour: '#0969da', dashed: false },
  'threads-custom': { colour: '#0969da', dashed: true },
  'processes-library': { colour: '#54aeff', dashed: false },
  'processes-custom': { colour: '#54aeff', dashed: true },
}

/** For all others, in the order in which they come. */
const PALETTE = [
  '#0969da',
  '#d4700a',
  '#1a7f37',
  '#8250df',
  '#cf222e',
  '#6e7781',
  '#54aeff',
  '#9a6700',
  '#bf3989',
  '#0a3069',
  '#4ac26b',
  '#a475f9',
] as const

/** A look for each of those that share a chart. */
export function looksFor(names: readonly string[]): ReadonlyMap<string, Look> {
  const taken = new Set(names.flatMap((name) => KNOWN[name]?.colour ?? []))
  const free: readonly string[] = PALETTE.filter((colour) => !taken.has(colour))
  let next = 0
  return new Map(
    names.map((name) => {
      const known = KNOWN[name]
      if (known !== undefined) return [name, known]
      const turn = next++
      const colours = free.length > 0 ? free : PALETTE
      return [name, { colour: colours[turn % colours.length] as string, dashed: turn >= colours.length }]
    }),
  )
}

/** Of what kind a contestant is: the colour of its bar. */
export type Kind =
  | 'this package'
  | 'this package in other ways'
  | "the kernel's ring"
  | 'C'
  | 'others in JavaScript'

export const KIND_COLOURS: Readonly<Record<Kind, string>> = {
  'this package': '#0969da',
  'this package in other ways': '#80bdff',
  "the kernel's ring": '#d4700a',
  C: '#6e7781',
  'others in JavaScript': '#8250df',
}

export function kindOf(contestant: string): Kind {
  if (isOurs(contestant)) return 'this package'
  if (/^(kernel|rb|pb)(-|$)/.test(contestant)) return "the kernel's ring"
  return /^c-/.test(contestant) ? 'C' : 'others in JavaScript'
}
