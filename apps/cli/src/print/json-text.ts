/** A document that is JSON already, in pieces. */
export class JsonText {
  readonly pieces: readonly Uint8Array[]

  constructor(pieces: readonly Uint8Array[]) {
    this.pieces = pieces
  }
}

/** Items that are written at once. */
const itemsAtOnce = 500

/** A list, written while it is read: of millions of items, objects would fill the memory, and one text would be too long. */
export async function jsonList(items: AsyncIterable<object>): Promise<JsonText> {
  const pieces: Uint8Array[] = []
  let some: object[] = []
  const write = (): void => {
    if (some.length === 0) return
    const text = JSON.stringify(some, undefined, 2).slice(1, -2)
    pieces.push(Buffer.from((pieces.length === 0 ? '[' : ',') + text))
    some = []
  }
  for await (const item of items) if (some.push(item) === itemsAtOnce) write()
  write()
  return new JsonText([...pieces, Buffer.from(pieces.length === 0 ? '[]\n' : '\n]\n')])
}
