/** For submit, discard and output: do not wake the consumer (R40). */
export const BPF_RB_NO_WAKEUP = 1
/** For submit, discard and output: wake the consumer in any case; wins over NO_WAKEUP (R40). */
export const BPF_RB_FORCE_WAKEUP = 2

/** For query: bytes not yet consumed, busy and discarded records included (R22). */
export const BPF_RB_AVAIL_DATA = 0
/** For query: bytes of data the ring was made with. */
export const BPF_RB_RING_SIZE = 1
/** For query: the consumer position, u32 that wraps. */
export const BPF_RB_CONS_POS = 2
/** For query: the producer position, u32 that wraps. */
export const BPF_RB_PROD_POS = 3
/** For query: position of the oldest record that was not overwritten; 0 unless in overwrite mode. */
export const BPF_RB_OVERWRITE_POS = 4

/** For createRing: a full ring overwrites its oldest records instead of failing (Linux 6.19). */
export const BPF_F_RB_OVERWRITE = 0x8_0000
