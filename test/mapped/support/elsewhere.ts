/** Programs in processes of their own, given as text, which have the package and say what came of them. */
import { type ChildProcess, spawn } from 'node:child_process'

const HEAD = `
  import * as ringbuf from 'bpf-ringbuf'
  import { createMappedRing, openMappedRing } from 'bpf-ringbuf/mapped'
  const { openConsumer, openProducer } = ringbuf
`

/** Lets a process go on as nobody, with all it needs loaded already. */
export const AS_NOBODY = `
  createMappedRing({ size: 4096 }).detach()
  process.setgroups([])
  process.setgid(65534)
  process.setuid(65534)
`

/** Says which error something throws. */
export const TELL = `
  const tell = (act) => {
    try {
      console.log(String(act()))
    } catch (error) {
      console.log(error.code, error.detail?.errno ?? '')
    }
  }
`

export interface Elsewhere {
  readonly process: ChildProcess
  /** Resolves when it has written its first line. */
  readonly began: Promise<void>
  /** All lines that it has written, when it has ended. @throws if it was killed by a signal */
  readonly said: Promise<readonly string[]>
}

export function elsewhere(program: string): Elsewhere {
  const child = spawn(globalThis.process.execPath, ['--input-type=module', '-e', HEAD + program], {
    cwd: new URL('.', import.meta.url),
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let text = ''
  const began = new Promise<void>((resolve) => {
    child.stdout.once('data', () => resolve())
  })
  child.stdout.on('data', (part) => {
    text += part
  })
  const said = new Promise<readonly string[]>((resolve, reject) => {
    child.once('close', (code, signal) => {
      if (signal === null && code === 0) resolve(text.trimEnd().split('\n'))
      else reject(new Error(`the program ended with ${code ?? signal}`))
    })
  })
  said.catch(() => {})
  return { process: child, began, said }
}
