/** What an update does with keys that are there, by the kernel's numbers. */
export const BPF_ANY = 0
export const BPF_NOEXIST = 1
export const BPF_EXIST = 2

/** BPF_F_*: what a map may be made with, by the kernel's numbers. */
export const BPF_F_NO_PREALLOC = 1
export const BPF_F_NO_COMMON_LRU = 2
export const BPF_F_NUMA_NODE = 4
/** What the descriptor may be used for that the map comes in; the map itself forgets it. */
export const BPF_F_RDONLY = 8
export const BPF_F_WRONLY = 16
export const BPF_F_ZERO_SEED = 64
/** What programs may do with it. */
export const BPF_F_RDONLY_PROG = 128
export const BPF_F_WRONLY_PROG = 256
export const BPF_F_MMAPABLE = 1024
export const BPF_F_PRESERVE_ELEMS = 2048
/** Of an array: where it is put into a map of maps, it may have another number of entries. */
export const BPF_F_INNER_MAP = 4096
export const BPF_F_TOKEN_FD = 0x1_0000
