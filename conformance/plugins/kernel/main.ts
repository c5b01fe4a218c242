/** The kernel's own ring as a plug-in. Needs Linux 6.9, userfaultfd(2), and the right to load programs. */
import { errnoName } from '#dist/abi/errno-names.js'
import { bytesOf, commitAnswer, serve, shownRequests } from '../serve.js'
import { Gates } from './gates.js'
import { Mailbox } from './mailbox.js'
import { answered, mapOperation } from './map-operations.js'
import { tryMapping } from './mapping.js'
import { Subject } from './subject.js'
import { UserSubject } from './user-subject.js'
import { verdict } from './verified-programs.js'

/** For all rings, one after the other; made with the first, so that it is answered if they cannot be. */
let shared: { readonly mailbox: Mailbox; readonly gates: Gates } | undefined
let subject: Subject | undefined
let userSubject: UserSubject | undefined

function create(size: string, flags: string): string {
  subject?.close()
  subject = undefined
  return answered(() => {
    shared ??= { mailbox: new Mailbox(), gates: new Gates() }
    subject = new Subject(Number(size), Number(flags), shared.mailbox, shared.gates)
  })
}

function createUser(size: string): string {
  userSubject?.close()
  userSubject = undefined
  return answered(() => {
    userSubject = new UserSubject(Number(size))
  })
}

function ring(): Subject {
  if (!subject) throw new Error('there is no ring')
  return subject
}

function userRing(): UserSubject {
  if (!userSubject) throw new Error('there is no user ring')
  return userSubject
}

serve({
  name: 'kernel',
  capabilities: [
    'wakeups',
    'readable',
    'positions',
    'headers',
    'data',
    'mirror',
    'stale-bytes',
    'pending-position',
    'move-consumer',
    'map',
    'mapping',
    'verifier',
    'user-ring',
  ],
  requests: {
    create,
    reserve: (handle, size, flags) =>
      ring().reserve(Number(handle), Number(size), Number(flags)) ? 'ok' : 'none',
    write: (handle, offset, digits) => {
      const result = ring().write(Number(handle), Number(offset), bytesOf(digits))
      return result === 0 ? 'ok' : `errno ${errnoName(-result)}`
    },
    submit: (handle, flags) => commitAnswer(ring().commit(Number(handle), 'submit', Number(flags))),
    discard: (handle, flags) => commitAnswer(ring().commit(Number(handle), 'discard', Number(flags))),
    output: (flags, digits) => {
      const { result, wakes } = ring().output(bytesOf(digits), Number(flags))
      return result === 0 ? commitAnswer(wakes) : `errno ${errnoName(-result)}`
    },
    ...shownRequests(ring),
    query: (flag) => `number ${BigInt.asUintN(64, ring().query(Number(flag)))}`,
    map: (...words) => mapOperation(() => ring().map, words),
    mapping: (part = '', access = '') => tryMapping(ring().map.fd, ring().map.info.maxEntries, part, access),
    verify: (program = '') => verdict(program),
    'user-create': createUser,
    'user-reserve': (handle, size) => userRing().reserve(Number(handle), Number(size)),
    'user-submit': (handle) => userRing().commit(Number(handle), 'submit'),
    'user-discard': (handle) => userRing().commit(Number(handle), 'discard'),
    'user-header': (position, bits, length) => {
      userRing().setHeader(Number(position), Number(bits), Number(length))
      return 'ok'
    },
    'user-producer': (position) => {
      userRing().setProducer(Number(position))
      return 'ok'
    },
    drain: (most = '', flags) => userRing().drain(most, Number(flags)),
  },
  close: () => {
    subject?.close()
    userSubject?.close()
    // Watches of the ring would keep it going.
    process.exit()
  },
})
