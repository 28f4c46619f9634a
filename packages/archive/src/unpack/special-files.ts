import { spawnSync } from 'node:child_process'
import type { BuiltEntry } from './entry-builder.js'

const letters = { fifo: 'p', 'character-device': 'c', 'block-device': 'b' } as const

/** Makes a FIFO or device node, and says whether that went well. Node cannot, so mknod(1) does; its arguments are bytes only through a shell's `printf`. */
export function makeSpecialFile(path: string, { type, deviceMajor, deviceMinor }: BuiltEntry): boolean {
  const letter = letters[type as keyof typeof letters]
  const numbers = letter === 'p' ? [] : [String(deviceMajor), String(deviceMinor)]
  const octal = Buffer.from(path, 'latin1').reduce((text, byte) => `${text}\\0${byte.toString(8).padStart(3, '0')}`, '')
  // The x keeps newlines at the end of the path, which a command substitution would take away.
  const script = 'path=$(printf "%bx" "$1"); path=${path%x}; shift; exec mknod -- "$path" "$@"'
  return spawnSync('/bin/sh', ['-c', script, 'sh', octal, letter, ...numbers], { stdio: 'ignore' }).status === 0
}
