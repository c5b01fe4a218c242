/** Who has died: what /proc tells of a thread, and what it must not be taken to tell. */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { after, test } from 'node:test'
import { isGone, type ThreadIdentity, thisThread } from '#dist/memory/liveness.js'
import { NO_DOOR } from '../system/support/door.js'

const liveness = import.meta.resolve('#dist/memory/liveness.js')
const NO_ROOT = process.getuid?.() === 0 ? false : 'needs root'
/** Who it is, on one line; then it lives until its standard input says something, and does `then`. */
const program = (then = 'process.exit()') => `
  import { thisThread } from ${JSON.stringify(liveness)}
  import koffi from ${JSON.stringify(import.meta.resolve('koffi'))}
  const libc = koffi.load(null)
  process.stdin.once('data', () => { ${then} })
  console.log(JSON.stringify(thisThread()))`

const children: ChildProcess[] = []
after(() => {
  for (const child of children) child.kill('SIGKILL')
})

function start(text: string, before: readonly string[] = []): ChildProcess {
  const [command = '', ...rest] = [...before, process.execPath, '--input-type=module', '-e', text]
  const child = spawn(command, rest, { stdio: ['pipe', 'pipe', 'inherit'] })
  children.push(child)
  return child
}

async function line(child: ChildProcess): Promise<string> {
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream })
  const [text] = (await once(lines, 'line')) as [string]
  lines.close()
  return text
}

const identityOf = async (child: ChildProcess) => JSON.parse(await line(child)) as ThreadIdentity

async function kill(child: ChildProcess): Promise<void> {
  const exit = once(child, 'exit')
  child.kill('SIGKILL')
  await exit
}

test('a process that lives, is stopped, goes on, and is killed', { skip: NO_DOOR }, async () => {
  const child = start(program())
  const identity = await identityOf(child)
  assert.equal(identity.process, child.pid)
  assert.equal(isGone(identity), false)
  child.kill('SIGSTOP')
  while (!/\) T /.test(readFileSync(`/proc/${child.pid}/stat`, 'latin1'))) await tick()
  assert.equal(isGone(identity), false)
  child.kill('SIGCONT')
  await kill(child)
  assert.equal(isGone(identity), true)
})

test('another program in the same process, by execve: the first is gone', { skip: NO_DOOR }, async () => {
  const child = start(
    program(`
      // What the program was given as open files is not to keep the test waiting.
      libc.func('int execv(const char *path, const char **argv)')('/bin/sleep', ['sleep', '100', null])`),
  )
  const identity = await identityOf(child)
  assert.equal(isGone(identity), false)
  child.stdin?.write('go\n')
  while (readFileSync(`/proc/${child.pid}/comm`, 'latin1') !== 'sleep\n') await tick()
  assert.equal(child.exitCode, null)
  assert.equal(isGone(identity), true)
  await kill(child)
})

test('in a namespace of processes with the /proc of another, nobody can tell', {
  skip: NO_DOOR || NO_ROOT,
}, async () => {
  const strange = start(program(), ['unshare', '--pid', '--fork', '--kill-child'])
  assert.equal((await identityOf(strange)).namespace, 0)
  await kill(strange)
  const own = start(program(), ['unshare', '--pid', '--fork', '--kill-child', '--mount-proc'])
  const identity = await identityOf(own)
  assert.deepEqual([identity.process, identity.thread], [1, 1])
  assert.notEqual(identity.namespace, thisThread().namespace)
  // That one is not the process 1 of this namespace, and of others nothing is known.
  assert.equal(isGone(identity), false)
  await kill(own)
  assert.equal(isGone(identity), false)
})

test('a process that /proc hides lives, even if it may be sent signals', {
  skip: NO_DOOR || NO_ROOT,
}, async () => {
  const nobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups']
  // As of a program with capabilities, nobody may look into it but root.
  const hiding = program().replace('console.log(', "libc.func('int prctl(int, int)')(4, 0); console.log(")
  const child = start(hiding, nobody)
  const identity = await identityOf(child)
  const judge = `
    import { isGone } from ${JSON.stringify(liveness)}
    import { existsSync } from 'node:fs'
    process.kill(${identity.process}, 0)
    console.log(existsSync('/proc/${identity.process}'), isGone(${JSON.stringify(identity)}))`
  const hide = 'mount -t proc -o hidepid=2 proc /proc && exec "$@"'
  const before = ['unshare', '--mount', 'sh', '-c', hide, 'sh', ...nobody]
  assert.equal(await line(start(judge, before)), 'false false')
  await kill(child)
  assert.equal(await line(start(judge.replace(/process.kill.*/, ''), before)), 'false true')
})

function tick(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 1))
}
