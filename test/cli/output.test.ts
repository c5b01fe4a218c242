import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { after, describe, test } from 'node:test'
import { formatBytes } from 'bpf-ringbuf'
import { bin, home, ringbuf } from './support/command.js'
import { bushyTree } from './support/tree.js'

const tree = bushyTree()
after(() => tree[Symbol.dispose]())

describe('without a terminal', () => {
  test('progress is plain lines on stderr, the table on stdout', async () => {
    const { stdout, stderr, code } = await ringbuf(['demo', tree.path, '--ring-size', '64 KiB'])
    assert.equal(code, 0)
    const lines = stderr.trimEnd().split('\n')
    assert.match(lines[0] as string, /^hashing \/.*: \d+ workers, ring of 64 KiB$/)
    assert.equal(lines.at(-1), `701 of 701 files, ${formatBytes(tree.bytes)}`)
    assert.ok(!`${stdout}${stderr}`.includes('\x1b'), 'no escape sequences')
    assert.match(stdout, /│ worker │ files │/)
    assert.match(stdout, /│ all +│ +701 │/)
    assert.match(stdout, /attempted = submitted \+ discarded \+ in flight \+ dropped \+ refused\n✓ +\d+ = /)
    assert.match(stdout, /✓ every worker's records in its order: yes\n✓ lost: 0\n/)
  })

  test('a reader that goes away ends it, as SIGPIPE would', async () => {
    const result = await ringbuf(['demo', '--list', tree.path], {
      trouble: { TROUBLE: 'slow', TROUBLE_FILE: '' },
      onOutput: ({ stdout }, child) => stdout && child.stdout?.destroy(),
    })
    assert.equal(result.code, 141)
    assert.match(result.stderr, /^hashing .*\n\d+ of \d+ files, .*\n$/)
  })

  const full = existsSync('/dev/full') ? false : 'no /dev/full here: it is of Linux'
  test('a full disk is told', { skip: full }, () => {
    const run = `"${process.execPath}" "${bin}" demo "${tree.path}" > /dev/full`
    const { status, stderr } = spawnSync('sh', ['-c', run], { encoding: 'utf8' })
    assert.equal(status, 1)
    assert.match(stderr, /ringbuf: cannot write: no space left on device \(ENOSPC\)\n$/)
  })
})

/** Runs a command on a terminal of its own, 100 columns wide, and prints what it wrote there. */
const ON_TERMINAL = `
import fcntl, os, pty, struct, sys, termios
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(sys.argv[1], sys.argv[1:])
fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack('HHHH', 30, 100, 0, 0))
try:
    while True:
        text = os.read(terminal, 65536)
        if not text: break
        sys.stdout.buffer.write(text)
except OSError:
    pass
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
`

describe('on a terminal', () => {
  const works = spawnSync('python3', ['-c', 'import pty']).status === 0
  const skip = works
    ? false
    : 'no Python 3 here, which makes the terminal; on Debian: apt-get install python3'

  function onTerminal(words: string[], env: NodeJS.ProcessEnv = {}): { text: string; code: number | null } {
    const { stdout, status } = spawnSync('python3', ['-c', ON_TERMINAL, process.execPath, bin, ...words], {
      env: {
        ...process.env,
        TERM: 'xterm-256color',
        CI: '',
        NO_COLOR: undefined,
        FORCE_COLOR: undefined,
        ...env,
      },
    })
    return { text: stdout.toString(), code: status }
  }

  test('a bar moves, and is cleared before the table', { skip }, () => {
    const { text, code } = onTerminal(['demo', `${home}node_modules`])
    assert.equal(code, 0)
    const frames = text.match(/▕[^▏]*▏ +\d+% {2}[\d,]+ of [\d,]+ files/g) ?? []
    assert.ok(frames.length >= 2, `${frames.length} frames`)
    assert.match(text, /▕.*█.*▏/)
    assert.ok(text.includes('\x1b[?25l'), 'the cursor is hidden')
    assert.ok(text.lastIndexOf('\x1b[?25h') > text.lastIndexOf('▕'), 'and shown again')
    assert.ok(text.indexOf('╭') > text.lastIndexOf('▕'), 'the table comes after the bar')
    assert.ok(text.includes('\x1b[32m✓'))
  })

  test('NO_COLOR is honoured', { skip }, () => {
    const { text } = onTerminal(['demo', tree.path], { NO_COLOR: '1' })
    assert.ok(!text.includes('\x1b[32m'))
    assert.match(text, /✓ lost: 0/)
  })

  test('--list shows no bar in between', { skip }, () => {
    const { text } = onTerminal(['demo', '--list', tree.path])
    assert.doesNotMatch(text, /▕/)
  })
})
