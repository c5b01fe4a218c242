/** Numbers as people read them. What is no number is a dash. */
import type { Unit } from '../cases.js'

const NOTHING = '–'

/** A figure in its unit, which stands elsewhere. */
export function formatFigure(value: number | null, unit: Unit): string {
  if (value === null || !Number.isFinite(value)) return NOTHING
  if (unit === 'bytes' || Math.abs(value) >= 1000) return grouped(Math.round(value))
  return value.toFixed(Math.abs(value) < 10 ? 2 : Math.abs(value) < 100 ? 1 : 0)
}

/** `0.021x`, `1.53x`, `12.4x`, `1,440x` */
export function formatTimes(times: number | null): string {
  if (times === null || !Number.isFinite(times)) return NOTHING
  if (times < 0.1) return `${Number(times.toPrecision(2))}x`
  return `${times >= 1000 ? grouped(Math.round(times)) : times.toFixed(times < 10 ? 2 : times < 100 ? 1 : 0)}x`
}

export function formatPercent(share: number): string {
  return `${(share * 100).toFixed(Math.abs(share) < 0.1 ? 1 : 0)} %`
}

/** `64`, `4 K`, `1 M`: the ticks of an axis of bytes go by 1024. */
export function formatBytes(bytes: number): string {
  if (bytes >= 1 << 20) return `${bytes / (1 << 20)} M`
  return bytes >= 1024 ? `${bytes / 1024} K` : `${bytes}`
}

/** `3`, `1 k`, `2.5 M` */
export function formatCount(count: number): string {
  if (count >= 1e6) return `${Number((count / 1e6).toPrecision(3))} M`
  return count >= 1e3 ? `${Number((count / 1e3).toPrecision(3))} k` : `${Number(count.toPrecision(3))}`
}

/** Thousands apart, without asking what language this machine speaks. */
function grouped(whole: number): string {
  return String(whole).replace(/\B(?=(\d{3})+$)/g, ',')
}
