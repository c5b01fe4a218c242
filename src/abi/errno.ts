/** Linux error numbers. Calls that answer like a BPF helper answer with their negatives. */
export const EAGAIN = 11
export const EINVAL = 22
