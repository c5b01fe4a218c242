/** Words in a file that processes map by its name: what one has stored stays when it is killed. */
import {
  createMappedMemory,
  type MappedMemory,
  openMappedMemory,
  unlinkMapped,
} from '#dist/memory/mapped-memory.js'

const PAGE = 4096

export class SharedWords {
  readonly words: Int32Array
  readonly #path: string
  readonly #memory: MappedMemory

  private constructor(path: string, memory: MappedMemory) {
    this.#path = path
    this.#memory = memory
    this.words = new Int32Array(memory.buffer, PAGE, memory.dataBytes / 4)
  }

  /** At least so many, all 0. */
  static create(name: string, words: number): SharedWords {
    const dataBytes = Math.ceil((words * 4) / PAGE) * PAGE
    const path = pathOf(name)
    const memory = createMappedMemory({ name, headBytes: PAGE, dataBytes, path })
    memory.publish(path)
    return new SharedWords(path, memory)
  }

  static open(name: string): SharedWords {
    const path = pathOf(name)
    return new SharedWords(path, openMappedMemory(path, { headBytes: PAGE, access: 'all' }))
  }

  /** Takes it away. */
  unlink(): void {
    unlinkMapped(this.#path)
    this.#memory.close()
  }
}

function pathOf(name: string): string {
  return `/dev/shm/${name}-words`
}
