import { BakthatError } from '@bakthat/errors'
import type { Output } from './host.js'

/** Writes a stream out, at the pace of whoever reads it; `INTERRUPTED` when nobody does any more. */
export async function writeBytes(bytes: AsyncIterable<Uint8Array>, output: Output, isJson: boolean): Promise<void> {
  if (isJson)
    throw new BakthatError('INVALID_INPUT', 'standard output cannot hold both a JSON document and the contents', {
      hint: 'leave one of --json and --stdout out',
    })
  for await (const chunk of bytes) await write(chunk, output)
}

function write(chunk: Uint8Array, output: Output): Promise<void> {
  return new Promise((resolve, reject) => {
    output.write(chunk, (error) => {
      if (error === undefined || error === null) resolve()
      else if ((error as NodeJS.ErrnoException).code !== 'EPIPE') reject(error)
      else reject(new BakthatError('INTERRUPTED', 'nobody reads the output any more', { cause: error }))
    })
  })
}
