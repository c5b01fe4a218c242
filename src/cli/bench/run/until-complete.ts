import type { Child } from './child.js'
import type { Inspector } from './inspector.js'

/** How often a consumer that is called looks at the clock where nothing comes. */
const LOOK_EVERY_MS = 5
/** And while records come. */
const RECORDS_PER_LOOK = 64

/**
 * Waits on the event loop, which brings the records, until the run is over and complete, and its child has ended, if
 * it has one.
 *
 * @param listen gets what is to be called when records have come
 */
export async function untilComplete(
  inspector: Inspector,
  listen: (onRecords: () => void) => void,
  child?: Child,
): Promise<void> {
  let looked = 0
  listen(() => {
    if (inspector.received - looked < RECORDS_PER_LOOK) return
    looked = inspector.received
    inspector.isOver()
  })
  let timer: NodeJS.Timeout | undefined
  const complete = new Promise<void>((resolve, reject) => {
    let over = false
    timer = setInterval(() => {
      try {
        if (!inspector.isOver()) return
        if (!over) child?.stop()
        over = true
        if (inspector.isComplete()) resolve()
      } catch (error) {
        reject(error)
      }
    }, LOOK_EVERY_MS)
  })
  try {
    // A child that ends is complete, or has failed, and then nothing more will come.
    await Promise.all([complete, child?.ended])
  } finally {
    clearInterval(timer)
  }
}
