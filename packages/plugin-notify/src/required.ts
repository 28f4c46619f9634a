import { readFileSync } from 'node:fs'
import { BakthatError, settingKinds } from '@bakthat/plugin-sdk'

/** A setting that a target cannot do without. */
export function required<T>(label: string, key: string, value: T | undefined): T {
  if (value !== undefined) return value
  throw new BakthatError('INVALID_CONFIG', `${label} has no ${key}`, { hint: `set ${label}.${key} in the profile` })
}

/** A secret that stands in the profile, or alone in a file that the profile names with a key that ends in `_file`. */
export function secret(
  label: string,
  key: string,
  value: string | undefined,
  file: string | undefined,
): string | undefined {
  if (file === undefined) return value
  if (value !== undefined)
    throw new BakthatError('INVALID_CONFIG', `${label} has both ${key} and ${key}_file`, {
      hint: 'take one of them out',
    })
  const text = settingKinds.text.read(contentOf(label, key, file).trim(), label)
  if (text !== undefined) return text
  throw new BakthatError('INVALID_CONFIG', `the file of ${label}.${key}_file does not hold one line of text`, {
    hint: `write the ${key} into it, and nothing else`,
  })
}

/** An address that is a secret. */
export function secretAddress(label: string, value: URL | undefined, file: string | undefined): URL {
  const { form, read } = settingKinds.webAddress
  const address = read(required(label, 'url', secret(label, 'url', value?.href, file)), label)
  if (address !== undefined) return address
  throw new BakthatError('INVALID_CONFIG', `the file of ${label}.url_file must hold ${form}`, {
    hint: 'write the whole address into it, and nothing else',
  })
}

function contentOf(label: string, key: string, file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'failed'
    throw new BakthatError('INVALID_CONFIG', `the file of ${label}.${key}_file cannot be read: ${code}`, {
      hint: 'mend the path or the permissions',
      cause,
    })
  }
}
