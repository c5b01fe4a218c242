/**
 * Asks the kernel of this machine what it answers to scripts, and writes that down, for machines on which
 * nobody may ask: `node .build/test/consumer/epoll/record.js`
 */
import { writeFileSync } from 'node:fs'
import { release } from 'node:os'
import { FOLDER, playInKernel } from './kernel.js'
import { drawScript, inOrder } from './script.js'

const SCRIPTS = 400

const seeds = Array.from({ length: SCRIPTS }, (_, i) => i + 1)
const answers = playInKernel(seeds.map(drawScript))
if (typeof answers === 'string') throw new Error(answers)
const lines = answers.map((answer) => JSON.stringify(inOrder(answer)))
const text = `{ "kernel": ${JSON.stringify(release())}, "answers": [\n${lines.join(',\n')}\n] }\n`
writeFileSync(new URL('kernel-answers.json', FOLDER), text)
