import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Case } from './case.js'
import { parseCases } from './parse.js'

/** The repository, from where this runs once it is compiled. */
export const ROOT = fileURLToPath(new URL('../../../', import.meta.url))
const CASES = 'conformance/cases/'

/** All cases, file by file. @throws CaseError */
export function loadCases(): Case[] {
  return readdirSync(ROOT + CASES)
    .filter((name) => name.endsWith('.ring'))
    .sort()
    .flatMap((name) => parseCases(CASES + name, readFileSync(ROOT + CASES + name, 'utf8')))
}
