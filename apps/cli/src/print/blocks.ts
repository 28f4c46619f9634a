/** Lines that are written at once. */
const linesAtOnce = 500

/** Lines as bytes, many at once: what lists millions writes them while it reads. */
export async function* inBlocks(lines: AsyncIterable<string>): AsyncGenerator<Uint8Array> {
  let some: string[] = []
  for await (const line of lines) {
    if (some.push(`${line}\n`) < linesAtOnce) continue
    yield Buffer.from(some.join(''))
    some = []
  }
  if (some.length > 0) yield Buffer.from(some.join(''))
}
