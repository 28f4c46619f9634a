import { readdirSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { libraries } from './support/repository.js'
import { privateEnvironment, run } from './support/run.js'
import { withScratch } from './support/scratch.js'

/** Imports a package and tells, as JSON, everything that is otherwise than it was before. */
const observer = (name: string): string => `
  const state = () => ({
    globals: Object.getOwnPropertyNames(globalThis).sort(),
    listeners: process.eventNames().map(String).sort(),
    environment: Object.keys(process.env).sort(),
    directory: process.cwd(),
    umask: process.umask(),
  })
  const before = state()
  await import(${JSON.stringify(name)})
  const after = state()
  // What reading the modules' own files left behind is gone after a turn.
  for (let turn = 0; turn < 3; turn += 1) await new Promise(setImmediate)
  const handles = process.getActiveResourcesInfo().filter((kind) => !/^(Immediate|PipeWrap|TTYWrap)$/.test(kind))
  const changed = Object.keys(after).filter((key) => JSON.stringify(before[key]) !== JSON.stringify(after[key]))
  console.log(JSON.stringify({ changed, handles }))
`

describe.each(libraries.map((subject) => [subject.name, subject] as const))('%s', (name, { path }) => {
  it('has no side effects when it is imported', async () => {
    await withScratch(async (home) => {
      const script = observer(name)
      const env = privateEnvironment(home)
      const outcome = await run(process.execPath, ['--input-type=module', '-e', script], { cwd: path, env })
      expect(outcome).toMatchObject({ status: 0, stderr: '' })
      expect(JSON.parse(outcome.stdout)).toEqual({ changed: [], handles: [] })
      expect(readdirSync(home)).toEqual([])
    })
  })

  it('can be required from CommonJS, and gives the same names', async () => {
    await withScratch(async (home) => {
      const script = `
        const required = Object.keys(require(${JSON.stringify(name)})).filter((key) => key !== '__esModule')
        import(${JSON.stringify(name)}).then((module) => {
          console.log(JSON.stringify(required.sort()) === JSON.stringify(Object.keys(module).sort()))
        })`
      const env = privateEnvironment(home)
      const outcome = await run(process.execPath, ['--input-type=commonjs', '-e', script], { cwd: path, env })
      expect(outcome).toEqual({ status: 0, stdout: 'true\n', stderr: '' })
    })
  })
})
