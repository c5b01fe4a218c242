/** Writes the page and its charts, and takes away charts that it no longer has. */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { type Places, readKept } from '../kept.js'
import { SUITES } from '../suites.js'
import { renderPage } from './page.js'

export function writeReport(places: Places): void {
  const kept = [...readKept(places.results).values()]
  const { markdown, charts } = renderPage(kept, Object.keys(SUITES))
  mkdirSync(places.charts, { recursive: true })
  const drawn = new Set(charts.map(({ file }) => file))
  for (const file of readdirSync(places.charts)) {
    if (file.endsWith('.svg') && !drawn.has(file)) rmSync(`${places.charts}${file}`)
  }
  for (const { file, svg } of charts) writeFileSync(`${places.charts}${file}`, svg)
  writeFileSync(places.page, markdown)
  console.error(`${places.page}: ${kept.length} suites, ${charts.length} charts`)
}
