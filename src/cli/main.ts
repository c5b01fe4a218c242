#!/usr/bin/env node
import { runProgram } from './program.js'
import { watchSignals } from './signals.js'

const { stdout, stderr } = process

process.exitCode = await runProgram(process.argv.slice(2), {
  stdout,
  stderr,
  now: () => performance.now(),
  interrupted: watchSignals(stdout, stderr),
})
