/** All properties of the project. `npm run properties` checks them, and so does every test run, shortly. */
import { ANY_BYTES, BUILT_PROGRAMS, FIXED_FIELDS, ONE_ROW, PROGRAM_BYTES } from './laws/bytecode.js'
import { CUT_STREAM, DIGEST_SUM, SHUFFLED } from './laws/command.js'
import { SEARCHED, TRANSFORMED } from './laws/explored.js'
import { LEASES } from './laws/leases.js'
import { OVERWRITE } from './laws/overwrite.js'
import { PAYLOADS } from './laws/payloads.js'
import { POLLER } from './laws/poller.js'
import { RECOVERY } from './laws/recovery.js'
import { RING } from './laws/ring.js'
import { ROOM } from './laws/room.js'
import { ATTACHMENTS, PROCESSES } from './laws/sharing.js'
import { BYTES_AS_TEXT, TEXT } from './laws/text.js'
import { WAITING } from './laws/waiting.js'
import { WATERMARK } from './laws/watermark.js'
import type { Property } from './property.js'

export const PROPERTIES: readonly Property[] = [
  RING,
  OVERWRITE,
  LEASES,
  WAITING,
  WATERMARK,
  POLLER,
  ROOM,
  RECOVERY,
  ATTACHMENTS,
  PROCESSES,
  PAYLOADS,
  TEXT,
  BYTES_AS_TEXT,
  TRANSFORMED,
  SEARCHED,
  PROGRAM_BYTES,
  ANY_BYTES,
  ONE_ROW,
  FIXED_FIELDS,
  BUILT_PROGRAMS,
  DIGEST_SUM,
  SHUFFLED,
  CUT_STREAM,
]
