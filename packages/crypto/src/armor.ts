import { BakthatError } from '@bakthat/errors'
import { armorBegin, armorEnd, armorWhitespaceLimit, asText } from './age-format.js'
import type { Bytes } from './types.js'

const fullLine = 64

/**
 * The binary file inside an armored one, decoded as it arrives. Strict, as the age specification asks: lines of 64 columns
 * and a shorter last one, canonical Base64, LF or CRLF, and nothing but a little white space around. Throws `INTEGRITY`.
 */
export async function* dearmor(bytes: Bytes): AsyncGenerator<Uint8Array> {
  const decoder = new ArmorDecoder()
  for await (const chunk of bytes) yield* decoder.push(chunk)
  yield* decoder.end()
}

class ArmorDecoder {
  #state: 'before' | 'body' | 'after' = 'before'
  #unfinishedLine = ''
  #whitespace = 0
  #lastLineSeen = false
  #base64: string[] = []

  push(chunk: Uint8Array): Uint8Array[] {
    const lines = (this.#unfinishedLine + asText(chunk)).split('\n')
    this.#unfinishedLine = lines.pop() ?? ''
    for (const line of lines) this.#readLine(line)
    if (this.#unfinishedLine.length > armorWhitespaceLimit) throw malformed('a line is too long')
    return this.#decoded()
  }

  end(): Uint8Array[] {
    if (this.#unfinishedLine !== '') this.#readLine(this.#unfinishedLine)
    if (this.#state !== 'after') throw malformed('its last line is missing')
    return this.#decoded()
  }

  #readLine(lineWithReturn: string): void {
    const line = lineWithReturn.endsWith('\r') ? lineWithReturn.slice(0, -1) : lineWithReturn
    if (this.#state === 'body') this.#readBodyLine(line)
    else if (this.#state === 'before' && line === armorBegin) this.#state = 'body'
    else this.#skipWhitespace(line)
  }

  #readBodyLine(line: string): void {
    if (line === armorEnd) {
      this.#state = 'after'
      return
    }
    if (this.#lastLineSeen) throw malformed('a short or padded line is not the last one')
    if (line.length === 0 || line.length > fullLine || line.length % 4 !== 0)
      throw malformed('a line has a wrong length')
    this.#lastLineSeen = line.length < fullLine || line.endsWith('=')
    this.#base64.push(line)
  }

  #skipWhitespace(line: string): void {
    this.#whitespace += line.length + 1
    if (!/^[ \t\r]*$/.test(line)) throw malformed('there is text around it')
    if (this.#whitespace > armorWhitespaceLimit) throw malformed('there is too much white space around it')
  }

  #decoded(): Uint8Array[] {
    if (this.#base64.length === 0) return []
    const text = this.#base64.join('')
    this.#base64 = []
    const bytes = Buffer.from(text, 'base64')
    // Node's decoder is lenient: only what encodes to the same text again was canonical.
    if (bytes.toString('base64') !== text) throw malformed('a line is not canonical Base64')
    return [bytes]
  }
}

function malformed(why: string): BakthatError {
  return new BakthatError('INTEGRITY', `the armor of the age file is damaged or cut off: ${why}`, {
    hint: 'fetch the file again, or use another copy',
  })
}
