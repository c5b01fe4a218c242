import { spawn } from 'node:child_process'
import { once } from 'node:events'

export interface ChildEnd {
  /** Whether it was still running when its time was over. */
  readonly held: boolean
  readonly code: number | null
  readonly output: string
}

const NAMES =
  "import * as lib from 'bpf-ringbuf'; const { createRing, openConsumer, openPoller, openProducer, RingEpoll } = lib;"

/**
 * Runs a program in a process of its own, with the package's names in scope. Its time begins when it
 * writes its first line, or when it has ended.
 */
export async function runChild(program: string, mostMs: number): Promise<ChildEnd> {
  const names = NAMES.replace("'bpf-ringbuf'", JSON.stringify(import.meta.resolve('bpf-ringbuf')))
  const child = spawn(process.execPath, ['--input-type=module', '-e', names + program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let output = ''
  let held = false
  let timer: NodeJS.Timeout | undefined
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text
    timer ??= setTimeout(() => {
      held = true
      child.kill('SIGKILL')
    }, mostMs)
  })
  const [code] = (await once(child, 'close')) as [number | null]
  clearTimeout(timer)
  return { held, code, output }
}
