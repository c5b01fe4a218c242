/** What a judge has answered, as operations of a case. */
import { exactly } from '../bytes.js'
import type { Operation } from '../case.js'
import { shownAnswer } from '../expectation.js'
import { operationOf, readRequest } from '../parse.js'
import type { Plugin } from '../plugin.js'
import type { Scribe } from './scribe.js'
import type { RingDraw, Step } from './steps.js'

const place = { file: 'random', line: 0 }

/** Has the judge do it, and writes its answers down as what is expected of others. @throws PluginError */
export async function transcribe(
  judge: Plugin,
  scribe: Scribe,
  ring: RingDraw,
  steps: readonly Step[],
): Promise<Operation[]> {
  const operations: Operation[] = []
  const ask = async (text: string) => {
    const answer = await judge.ask(readRequest({ place, text }).request)
    operations.push(operationOf({ place, text: `${text} -> ${shownAnswer(answer, exactly)}` }))
    return answer
  }
  await ask(scribe.create(ring))
  for (const step of steps) {
    const text = scribe.operation(step)
    if (text === undefined) continue
    const position = step.kind === 'reserve' ? await producerOf(judge) : 0
    const answer = await ask(text)
    if (step.kind === 'reserve' && answer === 'ok') await ask(scribe.reserved(step, position))
  }
  return operations
}

async function producerOf(judge: Plugin): Promise<number> {
  const { request } = readRequest({ place, text: 'query producer' })
  return Number((await judge.ask(request)).replace('number ', ''))
}
