/**
 * Attaches where nobody else is: in a network namespace of its own (`xdp`, `tc`), or with a tracefs of its own
 * (`tracepoint`). Prints how many records came before, while, and after it was attached.
 */
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { statSync } from 'node:fs'
import { type Attachment, attachTc, attachTracepoint, attachXdp } from 'bpf-ringbuf/kernel'
import { loadNoting } from './noting-program.js'

const [kind = ''] = process.argv.slice(2)
/** Lets packets pass. */
const XDP_PASS = 2
const TCX_NEXT = -1

const kinds: Record<string, () => Promise<void>> = {
  xdp: () => packets(XDP_PASS, 'xdp', (program) => attachXdp(program, 'lo', { mode: 'generic' })),
  'tc-ingress': () => packets(TCX_NEXT, 'sched_cls', (program) => attachTc(program, 'lo', 'ingress')),
  'tc-egress': () => packets(TCX_NEXT, 'sched_cls', (program) => attachTc(program, 'lo', 'egress')),
  tracepoint: async () => {
    const notes = loadNoting('tracepoint', process.pid)
    const act = () => {
      for (let i = 0; i < 5; i++) statSync('/')
    }
    await around(notes, act, () =>
      attachTracepoint(notes.program, 'syscalls/sys_enter_statx', { tracefs: '/mnt' }),
    )
  },
}
await kinds[kind]?.()

async function packets(
  answer: number,
  type: 'xdp' | 'sched_cls',
  attach: (program: ReturnType<typeof loadNoting>['program']) => Attachment,
): Promise<void> {
  const notes = loadNoting(type, 0, answer)
  const receiver = createSocket('udp4').bind(0, '127.0.0.1')
  await once(receiver, 'listening')
  const sender = createSocket('udp4')
  await around(
    notes,
    async () => {
      for (let i = 0; i < 5; i++) {
        const received = once(receiver, 'message')
        sender.send('x', receiver.address().port, '127.0.0.1')
        await received
      }
    },
    () => attach(notes.program),
  )
  sender.close()
  receiver.close()
}

async function around(
  notes: ReturnType<typeof loadNoting>,
  act: () => void | Promise<void>,
  attach: () => Attachment,
): Promise<void> {
  await act()
  const before = notes.count()
  const attachment = attach()
  await act()
  const during = notes.count()
  attachment.close()
  await act()
  process.stdout.write(`${before} ${during} ${notes.count()}\n`)
  notes.close()
}
