import { BakthatError } from '@bakthat/errors'
import type { Argument, BackendDefinition, CompressionFormat, OptionKind, PluginCommand } from '@bakthat/plugin-sdk'

// A plugin in JavaScript may define anything. What is missing is told of the plugin, when it is loaded, and of nobody later.

const formats: readonly CompressionFormat[] = ['zstd', 'gzip']
const optionKinds: readonly OptionKind[] = ['flag', 'value', 'values', 'amount']
const argumentKinds: readonly Argument['kind'][] = ['required', 'optional', 'rest']

/** `INVALID_INPUT` for what cannot be opened, and for a name that cannot be given on the command line. */
export function checkBackend({ scheme, open }: Partial<BackendDefinition>): void {
  checkName(scheme, /^[a-z][a-z0-9+.-]*$/, 'a destination')
  if (typeof open !== 'function') throw mistake(`the destination ${scheme} has no open`, 'make it with defineBackend')
}

/** `INVALID_INPUT` for a command that cannot be run, and for one that help could not tell of. */
export function checkCommand({
  name,
  summary,
  run,
  options = {},
  arguments: words = [],
}: Partial<PluginCommand>): void {
  checkName(name, /^[a-z][a-z0-9-]*( [a-z][a-z0-9-]*)?$/, 'a command')
  const command = `the command ${name}`
  if (typeof run !== 'function') throw mistake(`${command} has no run`, 'give the function that does it')
  if (typeof summary !== 'string') throw mistake(`${command} has no summary`, 'say in a line what it does')
  for (const [option, { kind, description }] of Object.entries(options))
    checkWords(`the option --${option} of ${command}`, { kind, description }, optionKinds)
  for (const { kind, name: argument, description } of words) {
    if (typeof argument !== 'string') throw mistake(`an argument of ${command} has no name`, 'give it one')
    checkWords(`the argument ${argument} of ${command}`, { kind, description }, argumentKinds)
  }
}

/** `INVALID_INPUT` for a format that there is not, and a module that cannot be loaded. */
export function checkCompression(format: CompressionFormat, module: Partial<URL>): void {
  if (!formats.includes(format))
    throw mistake(`there is no compression ${JSON.stringify(format)}`, `name one of: ${formats.join(', ')}`)
  if (typeof module.href !== 'string')
    throw mistake(
      `the module of the compression ${format} is no URL`,
      "write: new URL('./compressor.js', import.meta.url)",
    )
}

function checkWords(
  what: string,
  { kind, description }: { readonly kind: string; readonly description: unknown },
  kinds: readonly string[],
): void {
  if (!kinds.includes(kind)) throw mistake(`${what} has no kind`, `give one of: ${kinds.join(', ')}`)
  if (typeof description !== 'string') throw mistake(`${what} has no description`, 'say what it means')
}

function checkName(name: unknown, form: RegExp, what: string): void {
  if (typeof name === 'string' && form.test(name)) return
  throw mistake(`${JSON.stringify(name)} cannot be the name of ${what}`, 'use small letters, digits and hyphens')
}

function mistake(message: string, hint: string): BakthatError {
  return new BakthatError('INVALID_INPUT', message, { hint })
}
