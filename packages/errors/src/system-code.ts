import { constants } from 'node:os'

/**
 * The code of a failure of Node or of a library, such as `ENOENT`; `undefined` where an error has none. Of system calls it is the name
 * of errno(3) also where libuv has none: Node says `Unknown system error -122` for `EDQUOT`, the full quota of a disk, and the like for
 * `ESTALE`, the answer of NFS about what is no longer there (https://github.com/libuv/libuv/blob/v1.x/include/uv/errno.h).
 */
export function systemCodeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined
  const { code, errno } = error as { readonly code: unknown; readonly errno?: unknown }
  if (typeof code !== 'string') return undefined
  return code.startsWith('Unknown system error') ? (namesOf.get(-Number(errno)) ?? code) : code
}

/** Whether a failure has one of these codes, as {@link systemCodeOf} gives them. */
export function hasSystemCode(error: unknown, ...codes: readonly string[]): boolean {
  return codes.includes(systemCodeOf(error) ?? '')
}

const namesOf = new Map(Object.entries(constants.errno).map(([name, number]) => [number, name]))
