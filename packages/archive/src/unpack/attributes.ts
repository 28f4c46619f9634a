/**
 * A time as `utimes` takes it: seconds, which Node cuts to whole microseconds; rounded here, so that a time of whole
 * microseconds comes back exactly and none is off by more than half of one. Text where it is negative, for Node takes
 * a negative number for the present.
 */
export function seconds(nanoseconds: bigint): number | string {
  return nanoseconds < 0n ? String(Number(nanoseconds - 500n) / 1e9) : Number(nanoseconds + 500n) / 1e9
}

/** The mode of a directory that nothing is said about: as mkdir(1) would make it. */
export function usualDirectoryMode(): number {
  // Reading it writes it back for a moment; the files that this program makes all get their modes explicitly.
  // eslint-disable-next-line @typescript-eslint/no-deprecated
  return 0o777 & ~process.umask()
}
