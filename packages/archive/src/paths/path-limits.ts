/** Components. What the system takes as one path (4,096 bytes) has no more; deeper trees overflow the stacks of other programs. */
export const deepestPath = 2048

/** Bytes. */
export const longestPath = 256 * 1024

/** Bytes that the system takes at once, with room for one more name: a path has at most 4,096 with the NUL, a name 255. */
export const longestAccessPath = 4096 - 257
