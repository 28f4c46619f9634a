/** A time as `utimes` takes it: seconds in a double, which holds today's to a quarter of a microsecond. */
export function seconds(nanoseconds: bigint): number {
  return Number(nanoseconds) / 1e9
}

/** The mode of a directory that nothing is said about: as mkdir(1) would make it. */
export function usualDirectoryMode(): number {
  // Reading it writes it back for a moment; the files that this program makes all get their modes explicitly.
  // eslint-disable-next-line @typescript-eslint/no-deprecated
  return 0o777 & ~process.umask()
}
