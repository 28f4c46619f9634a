import { execFileSync } from 'node:child_process'
import { chmodSync } from 'node:fs'
import { toFileSystemPath } from '../paths/byte-string.js'
import type { BuiltEntry } from './entry-builder.js'

const letters = { fifo: 'p', 'character-device': 'c', 'block-device': 'b' } as const

/** Makes a FIFO or device node. Node cannot, so mknod(1) does; its arguments are bytes only through a shell's `printf`. */
export function makeSpecialFile(path: string, { type, deviceMajor, deviceMinor }: BuiltEntry, mode: number): void {
  const letter = letters[type as keyof typeof letters]
  const numbers = letter === 'p' ? [] : [String(deviceMajor), String(deviceMinor)]
  const octal = Buffer.from(path, 'latin1').reduce((text, byte) => `${text}\\0${byte.toString(8).padStart(3, '0')}`, '')
  // The x keeps newlines at the end of the path, which a command substitution would take away.
  const script = 'path=$(printf "%bx" "$1"); path=${path%x}; shift; exec mknod -- "$path" "$@"'
  execFileSync('/bin/sh', ['-c', script, 'sh', octal, letter, ...numbers], { stdio: ['ignore', 'ignore', 'pipe'] })
  chmodSync(toFileSystemPath(path), mode)
}
