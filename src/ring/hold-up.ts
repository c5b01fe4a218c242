/** How long a thread that died may hold up others of a recoverable ring, and what that time is made of. */

/**
 * The longest time, in milliseconds, for which a thread that died holds anybody up in a recoverable ring: by the lock, by
 * a busy record, or by a wake-up that it owed. On top of it comes only what the system takes to give a CPU to those who
 * recover. See docs/protocol.md, Death.
 */
export const LONGEST_HOLD_UP_MS = 50

/**
 * How long a lock or a record may be held before somebody asks whether the holder died: milliseconds. A thread that lives
 * holds the lock for less than a microsecond, unless it is given no CPU.
 */
export const HELD_MS = 10

/**
 * How often a thread that sleeps looks whether something is held: milliseconds. It sees that at one look, asks at the
 * next, and may find the lock held by a second one that died: 12 + 12 + 10, and some for asking and waking up. More often
 * would cost those who wait for nothing.
 */
export const LOOK_MS = 12
