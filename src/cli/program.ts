import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { RingbufError } from 'bpf-ringbuf'
import { Command as Commander, CommanderError } from 'commander'
import { bench } from './bench/command.js'
import { type Command, CommandError, type Context, EXIT_FAILURE, EXIT_OK, EXIT_USAGE } from './command.js'
import { demo } from './demo/command.js'
import { trace } from './trace/command.js'

const COMMANDS: readonly Command[] = [demo, bench, trace]

/**
 * Runs one command line and answers the exit code: 0 done, 1 failed, 2 wrong usage, 128 and more ended by
 * a signal.
 *
 * @param words what stands behind `ringbuf` on the command line.
 */
export async function runProgram(
  words: readonly string[],
  world: Omit<Context, 'operands' | 'options'>,
): Promise<number> {
  let exitCode = EXIT_OK
  const program = new Commander('ringbuf')
    .description('The BPF ring buffer: between threads, between processes, and of the kernel.')
    .version(packageVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [verb]', 'print the help of a verb')
    .configureOutput({
      writeOut: (text) => world.stdout.write(text),
      writeErr: (text) => world.stderr.write(text),
      outputError: (text, write) => write(text.replace(/^error:/, 'ringbuf:')),
    })
    .exitOverride()
  for (const command of COMMANDS) {
    addCommand(program, command, async (operands, options) => {
      exitCode = await command.run({ ...world, operands, options })
    })
  }
  try {
    await program.parseAsync([...words], { from: 'user' })
    return exitCode
  } catch (error) {
    // Help and version arrive here too, with exit code 0. Any other complaint of commander is about usage.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT_OK : EXIT_USAGE
    world.stderr.write(`ringbuf: ${explain(error)}\n`)
    return error instanceof CommandError ? error.exitCode : EXIT_FAILURE
  }
}

type Action = (operands: Context['operands'], options: Context['options']) => Promise<void>

function addCommand(program: Commander, command: Command, action: Action): void {
  const verb = program.command(command.name).description(command.summary).allowExcessArguments(false)
  for (const { flags, summary } of command.operands) verb.argument(flags, summary)
  for (const { flags, summary } of command.options) verb.option(flags, summary)
  verb.helpOption('-h, --help', 'print this help')
  verb.action(() => action(verb.args, verb.opts()))
}

/** What the user can act on, in one line; a stack only where there is a mistake of ours. */
function explain(error: unknown): string {
  if (error instanceof CommandError) return error.message
  if (error instanceof RingbufError) return `${error.message} (${error.code})`
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

function packageVersion(): string {
  const path = fileURLToPath(import.meta.resolve('bpf-ringbuf/package.json'))
  return (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version
}
