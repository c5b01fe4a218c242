/** What the kernel's verifier says of a program that it refuses. */

/** The end of a verifier's log, read for people. */
export interface VerifierVerdict {
  /** Why the program is refused, in one line. Empty when the log says nothing. */
  readonly reason: string
  /** The instruction that it was looking at: its slot, and its text. */
  readonly instruction: { readonly slot: number; readonly text: string } | undefined
}

/** `12: (85) call bpf_ringbuf_reserve#131          ; R0=...` */
const INSTRUCTION = /^(\d+): \([0-9a-f]{2}\) (.*?)\s*(?:;.*)?$/
/** States, sources, and ways between instructions: nothing that is wrong. */
const STATE =
  /^(?:\d*:? ?R\d+(?:_\w+)?=|from \d+ to \d+|;|caller:|callee:|frame\d+:|func#|mark_precise:|last_idx|regs=|parent |propagating|returning from|to caller|\d+: safe$|safe$|\s)/
/** Figures at the end of every log. */
const FIGURES = /^(?:processed \d+ insns|verification time|stack depth|insns_total|total_states)/
/** What comes before the first instruction is looked at. */
const PREFACE = /^(?:Live regs before insn|Validating |func \w+ is|arg#\d+ )/

/** Finds the reason: the lines behind the last instruction that are no states. */
export function readVerifierLog(log: string): VerifierVerdict {
  const lines = log.split('\n').filter((line) => line !== '')
  const reasons: string[] = []
  let instruction: VerifierVerdict['instruction']
  for (const line of lines.reverse()) {
    const found = INSTRUCTION.exec(line)
    if (found) {
      instruction = { slot: Number(found[1]), text: found[2] as string }
      break
    }
    if (FIGURES.test(line) || STATE.test(line) || PREFACE.test(line)) continue
    reasons.unshift(line.trim())
  }
  // More would be a preface that is not known here; the reason stands last.
  return { reason: reasons.slice(-3).join('; '), instruction }
}
