/** Components. What the system takes as one path (4,096 bytes) has no more; deeper trees overflow the stacks of other programs. */
export const deepestPath = 2048

/** Bytes. */
export const longestPath = 256 * 1024
