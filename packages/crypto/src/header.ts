import type { Stanza } from 'age-encryption'
import { BakthatError } from '@bakthat/errors'
import { asText, versionLine, versionPrefix } from './age-format.js'
import type { ByteReader } from './byte-reader.js'
import { damagedHeader } from './header-errors.js'
import { wrapWithPassphrase } from './scrypt.js'

/** What stands before a payload, and the key that it hides. */
export interface Header {
  readonly bytes: Uint8Array
  readonly fileKey: Uint8Array
}

/** Room for thousands of recipients; a header that is longer is an attack on memory. */
export const longestHeader = 2 ** 20

/** Makes a header with a fresh file key for these recipients. Throws what the library throws where one is malformed. */
export async function headerForRecipients(recipients: readonly string[]): Promise<Header> {
  const { Encrypter } = await import('./age-library.js')
  const encrypter = new Encrypter()
  for (const recipient of recipients) encrypter.addRecipient(recipient)
  return makeHeader(encrypter, () => [])
}

/** Makes a header with a fresh file key for a passphrase: scrypt's time and memory, off the main thread. */
export async function headerForPassphrase(passphrase: string, workFactor: number): Promise<Header> {
  const { Encrypter, Stanza } = await import('./age-library.js')
  return makeHeader(new Encrypter(), async (fileKey) => {
    const { args, body } = await wrapWithPassphrase(passphrase, workFactor, fileKey)
    return [new Stanza(args, body)]
  })
}

/** The bytes of a header, up to the payload's nonce. Throws `INTEGRITY`, or `UNSUPPORTED` for another version of age. */
export async function readHeader(file: ByteReader): Promise<Uint8Array> {
  checkVersion(asText(await file.peek(versionLine.length)))
  for (let size = 1024; size <= longestHeader; size *= 2) {
    const beginning = await file.peek(size)
    const end = headerEnd(asText(beginning))
    if (end !== undefined) return file.take(end)
    if (beginning.length < size) throw damagedHeader('it has no end')
  }
  throw damagedHeader(`it is longer than ${longestHeader} bytes`)
}

/** The stanzas of a header, not yet authenticated. Throws `INTEGRITY` where its form is wrong. */
export async function parseStanzas(header: Uint8Array): Promise<readonly Stanza[]> {
  const { Decrypter } = await import('./age-library.js')
  const decrypter = new Decrypter()
  let stanzas: readonly Stanza[] | undefined
  decrypter.addIdentity({
    unwrapFileKey: (found: readonly Stanza[]) => {
      stanzas = found
      return null
    },
  })
  // The library parses only as part of a decryption, which must fail here: nobody offered a key.
  const cause: unknown = await decrypter.decryptHeader(header).catch((error: unknown) => error)
  if (stanzas === undefined) throw damagedHeader('it is malformed', cause)
  return stanzas
}

type KeyStanzas = (fileKey: Uint8Array) => Stanza[] | Promise<Stanza[]>

async function makeHeader(
  encrypter: InstanceType<typeof import('./age-library.js').Encrypter>,
  stanzas: KeyStanzas,
): Promise<Header> {
  const keys: Uint8Array[] = []
  encrypter.addRecipient({
    wrapFileKey: (fileKey) => {
      keys.push(fileKey)
      return stanzas(fileKey)
    },
  })
  // The library gives bytes for bytes too, but for that it loads all of Node's fetch.
  const file = await readToEnd(await encrypter.encrypt(new ReadableStream({ start: (nothing) => nothing.close() })))
  const [fileKey] = keys
  if (fileKey === undefined) throw new Error('the age library wrapped no file key')
  const bytes = file.subarray(0, headerEnd(asText(file)))
  if (bytes.length <= longestHeader) return { bytes, fileKey }
  throw new BakthatError('INVALID_INPUT', `so many recipients make a header of more than ${longestHeader} bytes`, {
    hint: 'encrypt to fewer: a longer header is read by nobody',
  })
}

async function readToEnd(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return Buffer.concat(chunks)
}

/** A line of dashes cannot be Base64 or begin a stanza, so the first one ends the header. */
function headerEnd(text: string): number | undefined {
  const dashes = text.indexOf('\n---')
  const end = dashes < 0 ? -1 : text.indexOf('\n', dashes + 1)
  return end < 0 ? undefined : end + 1
}

function checkVersion(line: string): void {
  if (line === versionLine) return
  if (new RegExp(`^${versionPrefix}v[2-9]\\n?$`).test(line))
    throw new BakthatError('UNSUPPORTED', 'the file is of a later version of age than v1', {
      hint: 'update bakthat, or decrypt the file with the age command',
    })
  throw damagedHeader('its first line is not that of age v1')
}
