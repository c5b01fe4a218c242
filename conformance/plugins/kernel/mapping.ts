/** What mmap(2) of a ring answers, part by part. */
import { errnoName } from '#dist/abi/errno-names.js'
import { loadSystem } from '#dist/system/load-system.js'

const PAGE_BYTES = 4096
const MAP_SHARED = 1
const ACCESS: Readonly<Record<string, number>> = { read: 1, write: 3, execute: 5 }

/** Offset and length. */
const PARTS: Readonly<Record<string, (size: number) => readonly [number, number]>> = {
  consumer: () => [0, PAGE_BYTES],
  producer: () => [PAGE_BYTES, PAGE_BYTES],
  data: (size) => [2 * PAGE_BYTES, size],
  mirror: (size) => [2 * PAGE_BYTES + size, size],
  all: (size) => [0, 2 * PAGE_BYTES + 2 * size],
  beyond: (size) => [2 * PAGE_BYTES + 2 * size, PAGE_BYTES],
}

export function tryMapping(fd: number, size: number, part: string, access: string): string {
  const [offset, length] = PARTS[part]?.(size) ?? [0, 0]
  const system = loadSystem()
  const answer = system.mmap(0, length, ACCESS[access] ?? 0, MAP_SHARED, fd, offset)
  if (answer < 0) return `errno ${errnoName(-answer)}`
  system.munmap(answer, length)
  return 'ok'
}
