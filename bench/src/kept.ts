/** Results that are kept: one file a suite, from which the report is made (report/). */
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { isMeasuredAt } from './commit.js'
import type { SuiteResult } from './results.js'
import type { Plan } from './suites.js'

/** Where results lie, and what is made of them. */
export interface Places {
  readonly results: string
  readonly page: string
  readonly charts: string
}

const at = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url))

/** What is committed. */
export const KEPT: Places = {
  results: at('bench/results/'),
  page: at('docs/benchmarks.md'),
  charts: at('docs/benchmarks/'),
}

/** Where a smoke run writes: its figures mean nothing, and never take the place of those that do. */
export const SMOKED: Places = {
  results: at('bench/.build/smoke/results/'),
  page: at('bench/.build/smoke/benchmarks.md'),
  charts: at('bench/.build/smoke/benchmarks/'),
}

/** Six digits are more than any clock here has. */
const DIGITS = 6

/** A line for each result, so that a new measurement is a readable change. */
export function formatResult(result: SuiteResult): string {
  const round = (_: string, value: unknown) =>
    typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(DIGITS)) : value
  const lines = Object.entries(result).map(([name, value]) => {
    const text =
      Array.isArray(value) && value.length > 0 ? listOf(value, round) : JSON.stringify(value, round)
    return `  ${JSON.stringify(name)}: ${text}`
  })
  return `{\n${lines.join(',\n')}\n}\n`
}

function listOf(items: readonly unknown[], round: (name: string, value: unknown) => unknown): string {
  return `[\n${items.map((item) => `    ${JSON.stringify(item, round)}`).join(',\n')}\n  ]`
}

/** Whole or not at all: who is interrupted keeps the old one. */
export function keep(result: SuiteResult, folder: string): void {
  mkdirSync(folder, { recursive: true })
  const file = `${folder}${result.suite}.json`
  writeFileSync(`${file}.part`, formatResult(result))
  renameSync(`${file}.part`, file)
}

/** All that is kept there, by suite. */
export function readKept(folder: string): ReadonlyMap<string, SuiteResult> {
  return new Map(
    jsonFiles(folder).map((file) => {
      const result = JSON.parse(readFileSync(`${folder}${file}`, 'utf8')) as SuiteResult
      return [result.suite, result]
    }),
  )
}

function jsonFiles(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((file) => file.endsWith('.json'))
      .sort()
  } catch {
    return []
  }
}

/** Whether measuring again would measure the same sources in the same way. */
export function isUpToDate(kept: SuiteResult | undefined, plan: Plan): boolean {
  if (kept === undefined || JSON.stringify(kept.plan) !== JSON.stringify(plan)) return false
  return kept.results.every(({ errors }) => errors.length === 0) && isMeasuredAt(kept.machine.commit)
}
