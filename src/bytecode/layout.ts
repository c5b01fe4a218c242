import { RingbufError } from '../abi/error.js'
import { encode } from './encode.js'
import { type Instruction, slotsOf } from './insn.js'
import type { Label, Program, Relocation } from './program.js'
import { OFFSET_MAX } from './slot.js'

/** One thing that was written down: an instruction, with what is not known of it yet; or a label. */
export type Item =
  | {
      readonly instruction: Instruction
      /** Name of the label that its delta leads to. */
      readonly target?: string
      readonly relocation?: Omit<Relocation, 'slot'>
    }
  | { readonly label: string; readonly subprogram: boolean }

/**
 * Gives every item its slot, and every jump its distance.
 * @throws ERR_PROGRAM_INVALID a label is missing, given twice, or too far away; or there is no instruction
 */
export function layOut(items: readonly Item[]): Program {
  const labels = findLabels(items)
  const relocations: Relocation[] = []
  const instructions: Instruction[] = []
  let slot = 0
  for (const item of items) {
    if ('label' in item) continue
    const { instruction, target, relocation } = item
    if (relocation) relocations.push({ ...relocation, slot })
    instructions.push(target === undefined ? instruction : aim(instruction, target, slot, labels))
    slot += slotsOf(instruction)
  }
  const last = [...labels.values()].find((label) => label.slot >= slot)
  if (last || slot === 0) {
    throw new RingbufError(
      'ERR_PROGRAM_INVALID',
      last ? `no instruction follows the label '${last.name}'` : 'a program needs an instruction',
    )
  }
  return { bytes: encode(instructions), relocations, labels: [...labels.values()] }
}

function findLabels(items: readonly Item[]): Map<string, Label> {
  const labels = new Map<string, Label>()
  let slot = 0
  for (const item of items) {
    if (!('label' in item)) {
      slot += slotsOf(item.instruction)
      continue
    }
    const { label: name, subprogram } = item
    const first = labels.get(name)
    if (first) {
      throw new RingbufError(
        'ERR_PROGRAM_INVALID',
        `the label '${name}' is given twice: at instructions ${first.slot} and ${slot}`,
        { label: name, first: first.slot, second: slot },
      )
    }
    labels.set(name, { name, slot, subprogram })
  }
  return labels
}

/** The instruction with the distance to its label. Distances count from the slot behind the jump. */
function aim(
  instruction: Instruction,
  target: string,
  slot: number,
  labels: ReadonlyMap<string, Label>,
): Instruction {
  const label = labels.get(target)
  if (!label) {
    throw new RingbufError(
      'ERR_PROGRAM_INVALID',
      `instruction ${slot} leads to the label '${target}', which is nowhere`,
      { label: target, instruction: slot },
    )
  }
  const delta = label.slot - (slot + 1)
  if (isShort(instruction) && (delta < -OFFSET_MAX - 1 || delta > OFFSET_MAX)) {
    throw new RingbufError(
      'ERR_PROGRAM_INVALID',
      `the label '${target}' is ${delta} instructions from instruction ${slot}: a jump of 16 bits does not reach it, goto32 does`,
      { label: target, instruction: slot, delta },
    )
  }
  return { ...instruction, delta } as Instruction
}

/** Whether the distance stands in the offset, of 16 bits, and not in the immediate. */
function isShort(instruction: Instruction): boolean {
  const { kind } = instruction
  return kind === 'branch' || kind === 'mayGoto' || (kind === 'goto' && !instruction.far)
}
