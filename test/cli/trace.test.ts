import assert from 'node:assert/strict'
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { compile, NO_GCC } from '../system/support/c-program.js'
import { NO_BPF } from '../system/support/door.js'

const bin = fileURLToPath(new URL('../../../dist/bin/ringbuf.js', import.meta.url))

interface Event {
  readonly event: string
  readonly time: number
  readonly pid: number
  readonly child?: number
  readonly file?: string
  readonly status?: number
  readonly command: string
}

/** A tracer that has begun: `act` is done while it traces, then Ctrl-C. */
async function traced(words: readonly string[], act: (tracer: number) => void) {
  const tracer = spawn(process.execPath, [bin, 'trace', ...words], { stdio: ['ignore', 'pipe', 'pipe'] })
  let [out, err] = ['', '']
  tracer.stdout.on('data', (part) => {
    out += part
  })
  tracer.stderr.on('data', (part) => {
    err += part
  })
  await untilItTraces(tracer, () => out)
  act(tracer.pid as number)
  await new Promise((resolve) => setTimeout(resolve, 200))
  tracer.kill('SIGINT')
  const [code] = await once(tracer, 'close')
  return { code, out, err }
}

/** It sees a process of ours that we start for that. */
async function untilItTraces(tracer: ChildProcess, output: () => string): Promise<void> {
  for (let i = 0; i < 100 && tracer.exitCode === null; i++) {
    spawnSync('/bin/true')
    await new Promise((resolve) => setTimeout(resolve, 50))
    if (output().split('\n').length > 2) return
  }
}

describe('ringbuf trace', { skip: NO_BPF }, () => {
  test('shows a process that forks, runs a file and exits, in that order', async () => {
    const { code, out, err } = await traced(['--json'], () => {
      spawnSync('/bin/sh', ['-c', '/bin/ls / >/dev/null; exit 3'])
    })
    assert.equal(code, 0, err)
    const lines = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    const last = lines.pop() as { events: number; lost: number }
    assert.deepEqual(last, { events: lines.length, lost: 0 })
    const events = lines as Event[]
    for (const [i, { time }] of events.entries()) {
      assert.ok(i === 0 || time >= (events[i - 1] as Event).time - 0.001, 'in the order of time')
    }
    const shell = events.find(({ event, file }) => event === 'exec' && file === '/bin/sh') as Event
    const forked = events.find(({ child }) => child === shell.pid) as Event
    const list = events.find(({ event, file }) => event === 'exec' && file === '/bin/ls') as Event
    const ended = events.find(({ event, pid }) => event === 'exit' && pid === shell.pid) as Event
    assert.equal(forked.pid, process.pid)
    assert.equal(list.command, 'ls')
    assert.equal(ended.status, 3)
    const places = [forked, shell, list, ended].map((event) => events.indexOf(event))
    assert.deepEqual(
      places,
      [...places].sort((a, b) => a - b),
    )
  })

  test('only what is asked for, for people', async () => {
    const { code, out, err } = await traced(['--command', 'true'], () => {
      spawnSync('/bin/ls')
      spawnSync('/bin/true')
    })
    assert.equal(code, 0, err)
    const [heading, ...lines] = out.trim().split('\n')
    assert.match(heading as string, /^TIME +CPU EVENT +PID COMMAND +WHAT$/)
    assert.ok(lines.length >= 2)
    for (const line of lines)
      assert.match(line, /^\d+\.\d{6} +\d+ (exec|exit) +\d+ true +(\S*\/true|status 0)$/)
    assert.match(err, /^ringbuf: \d+ events\n$/)
  })

  test('only one process, and what has made it', async () => {
    const { out } = await traced(['--json', '--pid', `${process.pid}`], () => {
      spawnSync('/bin/true')
    })
    const events = out
      .trim()
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Event)
    assert.ok(events.length > 0)
    for (const { pid, event } of events) assert.deepEqual([pid, event], [process.pid, 'fork'])
  })

  for (const [how, expected] of [
    ['exec', ['exec /bin/true', 'exit status 0']],
    ['outlive', ['exit status 3']],
  ] as const) {
    test(`a process ends with its last thread, and the trace of it too: ${how}`, {
      skip: NO_GCC,
    }, async () => {
      const threads = spawn(compile('cli/native/threads'), [how], { stdio: ['pipe', 'ignore', 'ignore'] })
      const tracer = spawn(process.execPath, [bin, 'trace', '--pid', `${threads.pid}`])
      let out = ''
      tracer.stdout.on('data', (part) => {
        out += part
      })
      // The heading: now it traces.
      await once(tracer.stdout, 'data')
      threads.stdin.end('x')
      assert.deepEqual(await once(tracer, 'close'), [0, null])
      const what = out.match(/(exec|exit) +\d+ \S+ +\S.*$/gm)?.map((line) => line.split(/ +/))
      assert.deepEqual(
        what?.map(([event, , , ...rest]) => `${event} ${rest.join(' ')}`),
        expected,
      )
    })
  }

  test('a process that is not there is none to trace', () => {
    const gone = spawnSync('/bin/true').pid
    const { status, stderr } = spawnSync(process.execPath, [bin, 'trace', '--pid', `${gone}`], {
      encoding: 'utf8',
      timeout: 20_000,
    })
    assert.equal(status, 1)
    assert.match(stderr, /^ringbuf: cannot trace: there is no process \d+\n$/)
  })

  test('a ring that is too small for a flood counts what it loses', async () => {
    const { code, out } = await traced(['--json', '--ring-size', '4096'], (tracer) => {
      // Stopped, it does not read.
      process.kill(tracer, 'SIGSTOP')
      spawnSync('/bin/sh', ['-c', 'for i in $(seq 200); do /bin/true; done'])
      process.kill(tracer, 'SIGCONT')
    })
    const { lost } = JSON.parse(out.trim().split('\n').at(-1) as string) as { lost: number }
    assert.ok(lost > 300, `${lost}`)
    assert.equal(code, 1)
  })

  test('without privileges it says what is missing', () => {
    const { status, stderr } = spawnSync(process.execPath, [bin, 'trace'], {
      uid: 65534,
      gid: 65534,
      encoding: 'utf8',
    })
    assert.equal(status, 1)
    assert.match(
      stderr,
      /^ringbuf: cannot trace: bpf\(BPF_MAP_CREATE\) ringbuf 'ringbuf_trace': EPERM, needs CAP_BPF\n$/,
    )
  })

  for (const [option, value, reason] of [
    ['--pid', 'x', /--pid x must be the number of a process/],
    ['--pid', '99999999999', /--pid 99999999999 must be .* 1 to 4194304/],
    ['--ring-size', 'x', /--ring-size x: .*is not a size/],
    ['--ring-size', '5000', /--ring-size 5000: .*power of two/],
  ] as const) {
    test(`${option} ${value} is used wrongly`, () => {
      const { status, stderr } = spawnSync(process.execPath, [bin, 'trace', option, value], {
        encoding: 'utf8',
      })
      assert.equal(status, 2)
      assert.match(stderr, reason)
    })
  }
})
