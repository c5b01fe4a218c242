import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { MappedRingHandle } from 'bpf-ringbuf/mapped'

const child = fileURLToPath(new URL('./child.js', import.meta.url))

/**
 * Starts a process that opens a ring and produces: by a descriptor that it inherits, by a name, or by a handle.
 * Answers when it has ended well.
 */
export async function produceElsewhere(
  where: { readonly fd: number } | string | MappedRingHandle,
  records: number,
  producer = 0,
): Promise<void> {
  const inherited = typeof where === 'object' && !('type' in where)
  const place = inherited ? '3' : typeof where === 'string' ? where : JSON.stringify(where)
  const process = spawn(globalThis.process.execPath, [child, place, `${records}`, `${producer}`], {
    stdio: ['ignore', 'inherit', 'inherit', ...(inherited ? [where.fd] : [])],
  })
  const [code, signal] = await once(process, 'exit')
  if (code !== 0) throw new Error(`the producer ended with ${code ?? signal}`)
}
