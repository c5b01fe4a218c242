/** What a map says when it refuses an operation: the same words for one of the kernel and one in shared memory. */
import { errnoName } from '../abi/errno-names.js'
import { RingbufError } from '../abi/error.js'
import type { BpfMap, MapInfo } from './bpf-map.js'
import { holdsMaps, isList } from './map-type.js'

export type MapOperation = Extract<
  keyof BpfMap,
  | 'lookup'
  | 'update'
  | 'delete'
  | 'lookupAndDelete'
  | 'nextKey'
  | 'lookupBatch'
  | 'lookupAndDeleteBatch'
  | 'updateBatch'
  | 'deleteBatch'
  | 'freeze'
>

/** As messages name a map: `hash 'counts'`. */
export function mapText({ type, name }: Pick<MapInfo, 'type' | 'name'>): string {
  return `${type} '${name}'`
}

/**
 * The error of an operation that a map refuses.
 *
 * @param errno the error of Linux, as a number from 1
 * @param done of a batch: how many entries it had done before
 */
export function refusal(operation: MapOperation, info: MapInfo, errno: number, done?: number): RingbufError {
  const name = errnoName(errno)
  const object = mapText(info)
  const why = reason(operation, info, name)
  return new RingbufError('ERR_MAP_OPERATION', `${operation} ${object}: ${name}${why && `, ${why}`}`, {
    operation,
    object,
    errno: name,
    number: errno,
    ...(done !== undefined && { done }),
  })
}

function reason(operation: MapOperation, { type, maxEntries }: MapInfo, errno: string): string {
  switch (errno) {
    case 'ENOTSUPP':
    case 'EOPNOTSUPP':
      return `maps of type ${type} know no such operation`
    case 'EPERM':
      if (operation === 'freeze') return 'it was frozen before'
      return 'it was frozen, or this access to it does not allow that'
    case 'EBUSY':
      return operation === 'freeze' ? 'it is mapped to be written' : 'others are at it'
    case 'E2BIG':
      return type.includes('array') ? `an index must be below ${maxEntries}` : 'the map is full'
    case 'EINVAL':
      return whyInvalid(operation, type)
    case 'ENOMEM':
      return 'there is no memory for it now'
    case 'EBADF':
      return 'a value is the descriptor of something else'
    default:
      return ''
  }
}

function whyInvalid(operation: MapOperation, type: string): string {
  if (operation.startsWith('update')) {
    if (holdsMaps(type)) {
      const mode = type === 'array_of_maps' ? ', and the mode any' : ''
      return `the map that is put in must be like the one that this one was made for${mode}`
    }
    if (isList(type)) return `a ${type} knows no 'noexist': values have no keys`
  }
  if (operation.startsWith('delete') && type.includes('array')) return 'entries of arrays cannot be deleted'
  return `maps of type ${type} cannot do that`
}
