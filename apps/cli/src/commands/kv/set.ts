import { BakthatError } from '@bakthat/errors'
import { defineCommand } from '../../command.js'
import type { Context } from '../../context.js'
import { readText, readTextFile } from '../../files.js'
import { defined } from '../../given.js'
import { givenEncryption } from '../../keys.js'
import { encryptionOptions, flag, groups, optional, value } from '../../options.js'
import { setOutcome } from '../../outcomes/kv.js'
import { keyArgument, storeOptions, withStore } from './store.js'

const options = {
  ...storeOptions,
  file: value('PATH', { group: groups.content, description: 'Take the value, as JSON, from this file' }),
  text: flag({ group: groups.content, description: 'Take the value as a text, and not as JSON' }),
  'no-compression': flag({ group: groups.content, description: 'Store it as it is, without gzip' }),
  'if-match': value('ETAG', {
    group: groups.content,
    description: 'Only if the value is still the one of this etag; none: only if there is none',
  }),
  ...encryptionOptions,
}

export const set = defineCommand({
  arguments: [
    keyArgument,
    optional(
      'value',
      'JSON; what is none is a text, unless it begins with {, [ or " (default: JSON from --file, or from standard input)',
    ),
  ],
  options,
  examples: [
    ['bakthat kv set limits \'{"cpu": 4}\'', 'set a key to a JSON value'],
    ['bakthat kv set settings --file settings.json', 'from a file'],
    ['pass db | bakthat kv set token --text --password-file key', 'a secret from another program, encrypted'],
  ],
  async run(given, context, [key, word]) {
    const value = await valueOf(word, given, context)
    const keys = await givenEncryption(given, context)
    const match = given['if-match']
    const { etag } = await withStore(given, (kv) =>
      kv.setKey(key, value, {
        signal: context.action.signal,
        ...keys,
        ...defined({
          compress: given['no-compression'] === true ? false : undefined,
          ifMatch: match === 'none' ? null : match,
        }),
      }),
    )
    return setOutcome(key, etag)
  },
})

interface Source {
  readonly file?: string | undefined
  readonly text?: boolean | undefined
}

/** A word that is no JSON is a text, unless it begins like JSON: then it was mistyped. A file that is none was more likely cut short. */
async function valueOf(word: string | undefined, { file, text }: Source, context: Context): Promise<unknown> {
  if (word !== undefined && file !== undefined)
    throw new BakthatError('INVALID_INPUT', 'a value and --file were both given', { hint: 'give one of them' })
  if (word !== undefined) return text === true || isText(word) ? word : parsed(word, 'the value')
  const [source, content] =
    file === undefined ? ['standard input', await readText(context)] : [file, await readTextFile(file, 'file', context)]
  if (text === true) return content.replace(/\r?\n$/, '')
  return parsed(content, source)
}

function isText(word: string): boolean {
  return !/^\s*[{["]/.test(word) && json(word) === undefined
}

function parsed(text: string, source: string): unknown {
  const value = json(text)
  if (value !== undefined) return value
  throw new BakthatError('INVALID_INPUT', `${source} is not JSON`, {
    hint: 'mend it, or store it as a text with --text',
  })
}

/** `undefined` for what is none. */
function json(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}
