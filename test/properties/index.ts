/** All properties of the project. `npm run properties` checks them, and so does every test run, shortly. */
import { LEASES } from './laws/leases.js'
import { OVERWRITE } from './laws/overwrite.js'
import { RING } from './laws/ring.js'
import { WAITING } from './laws/waiting.js'
import type { Property } from './property.js'

export const PROPERTIES: readonly Property[] = [RING, OVERWRITE, LEASES, WAITING]
