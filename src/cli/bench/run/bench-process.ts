/** A process that produces: makes its end, sends records until it is told to stop, and says how many there were. */
import { loadContestant } from '../contestants/index.js'
import { type LastWord, STOP_WORD } from './child.js'
import { produce } from './produce.js'
import { newRecord } from './record.js'
import type { Task } from './task.js'

const task = JSON.parse(process.argv[2] ?? '') as Task
let stopped = false
process.on('message', (message) => {
  stopped ||= message === STOP_WORD
})
process.on('disconnect', () => process.exit())
// Ctrl-C reaches everybody at the terminal; whoever started this process stops it.
process.on('SIGINT', () => {})

const record = newRecord(task.bytes, 0)
const contestant = await loadContestant(task.contestant)
const end = contestant.produce(undefined, task, record)
const produced = await produce(end, record, task.pace, () => stopped)
process.send?.({ produced } satisfies LastWord, () => process.disconnect())
