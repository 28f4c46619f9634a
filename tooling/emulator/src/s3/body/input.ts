import { S3Failure } from '../failure.js'
import { malformed } from './malformed.js'

/** Bytes of a stream, by line and by number. */
export class Input {
  readonly #source: AsyncIterator<Uint8Array>
  #rest: Buffer = Buffer.alloc(0)

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]()
  }

  async line(): Promise<string> {
    const line = await this.lineOrEnd()
    if (line === undefined) throw new S3Failure('IncompleteBody', 'The request body terminated unexpectedly')
    return line
  }

  /** A line without its end, or nothing at the end of the stream. */
  async lineOrEnd(): Promise<string | undefined> {
    while (true) {
      const end = this.#rest.indexOf('\r\n')
      if (end >= 0) {
        const line = this.#rest.toString('latin1', 0, end)
        this.#rest = this.#rest.subarray(end + 2)
        return line
      }
      if (this.#rest.length > 8192) throw malformed('a line does not end')
      if (await this.#more()) continue
      if (this.#rest.length > 0) throw new S3Failure('IncompleteBody', 'The request body terminated unexpectedly')
      return undefined
    }
  }

  async *bytes(count: number): AsyncGenerator<Uint8Array> {
    for (let left = count; left > 0;) {
      if (this.#rest.length === 0 && !(await this.#more())) {
        throw new S3Failure('IncompleteBody', 'The request body terminated unexpectedly')
      }
      const data = this.#rest.subarray(0, left)
      this.#rest = this.#rest.subarray(data.length)
      left -= data.length
      yield data
    }
  }

  async end(): Promise<void> {
    if (this.#rest.length > 0 || (await this.#more())) throw malformed('something comes after the end')
  }

  async #more(): Promise<boolean> {
    const next = await this.#source.next()
    if (next.done === true) return false
    const { value } = next
    this.#rest =
      this.#rest.length === 0
        ? Buffer.from(value.buffer, value.byteOffset, value.length)
        : Buffer.concat([this.#rest, value])
    return true
  }
}
