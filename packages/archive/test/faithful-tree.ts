import { chmodSync, linkSync, lutimesSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Files, directories and links of every kind that anyone may make, in a directory that is there. */
export function makeTree(root: string): void {
  mkdirSync(join(root, 'sub/deeper'), { recursive: true })
  mkdirSync(join(root, 'empty'))
  writeFileSync(join(root, 'nothing'), '')
  writeFileSync(join(root, 'block'), Buffer.alloc(512, 7))
  writeFileSync(join(root, 'odd'), Buffer.alloc(70_001, 'odd'))
  writeFileSync(join(root, 'sub/open'), 'for all')
  chmodSync(join(root, 'sub/open'), 0o666)
  writeFileSync(join(root, 'sub/closed'), 'for nobody')
  symlinkSync('odd', join(root, 'relative'))
  symlinkSync('/etc/passwd', join(root, 'absolute'))
  symlinkSync('nowhere/at all', join(root, 'dangling'))
  symlinkSync(`../${'long/'.repeat(60)}target`, join(root, 'long-link'))
  linkSync(join(root, 'odd'), join(root, 'sub/odd-again'))
  linkSync(join(root, 'odd'), join(root, 'zz-odd'))
  lutimesSync(join(root, 'dangling'), 1_234_567_890.5, 1_234_567_890.5)
}

/** Files whose names a careless program gets wrong: of other alphabets and of none, with what shells and terminals take for theirs. */
export function makeNames(root: string): void {
  const names = [
    'Grüße',
    '日本語',
    'new\nline',
    '\u001b[31mred',
    '-rf',
    ' leading',
    'C:x',
    'back\\slash',
    '\u0001',
    '"',
    'x'.repeat(255),
  ]
  for (const name of names) writeFileSync(join(root, name), name)
  writeFileSync(Buffer.concat([Buffer.from(`${root}/bad`), Buffer.from([0xff, 0xfe])]), 'not utf-8')
  const long = Buffer.concat([Buffer.from(`${root}/`), Buffer.alloc(120, 0xe9), Buffer.from('/')])
  mkdirSync(long)
  writeFileSync(Buffer.concat([long, Buffer.alloc(150, 0xe8)]), 'long and not utf-8')
  symlinkSync(Buffer.alloc(130, 0xe7), Buffer.concat([long, Buffer.from('link')]))
}
