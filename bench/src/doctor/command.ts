/** `npm run bench -- doctor`: is this machine fit to be believed now? Exit code 1: no. */
import Table from 'cli-table3'
import { type Finding, isTooNoisy, judge } from './judge.js'
import { readMachine } from './readings.js'

export async function runDoctor({ seconds }: { readonly seconds: number }): Promise<number> {
  console.error(`looking at this machine for ${seconds} s; leave it alone meanwhile`)
  const findings = judge(await readMachine(seconds))
  const table = new Table({ style: { head: [], border: [] } })
  for (const { what, verdict, says } of findings) {
    table.push([what, verdict === 'noisy' ? 'TOO NOISY' : verdict, says])
  }
  console.log(table.toString())
  console.log(conclusion(findings))
  return isTooNoisy(findings) ? 1 : 0
}

export function conclusion(findings: readonly Finding[]): string {
  const named = (verdict: Finding['verdict']) =>
    findings.filter((finding) => finding.verdict === verdict).map(({ what }) => what)
  if (isTooNoisy(findings)) {
    return `Do not believe what is measured here now: ${named('noisy').join(', ')}.`
  }
  const notes = named('note')
  if (notes.length === 0) return 'This machine is fit to be believed now.'
  return `This machine is fit to be believed now, as far as it goes: mind ${notes.join(', ')}.`
}
