/** Words of a command line as a POSIX shell reads them back, quoted where they must be: for hints that people paste. */
export function shellWords(...words: readonly string[]): string {
  return words.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)).join(' ')
}
