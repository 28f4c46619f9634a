import { expect, it } from '@jest/globals'
import { errorCodes, exitCodes } from '@bakthat/errors'
import { readText } from './support/repository.js'

const rows = readText('docs/errors.md')
  .split('\n')
  .filter((line) => line.startsWith('|'))
  .map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  )

it('docs/errors.md explains every error code, with its exit status and what to do, and no other', () => {
  const documented = rows.filter(([code = '']) => /^`[A-Z_]+`$/.test(code))
  const expected = Object.entries(errorCodes).map(([code, { exitCode }]) => [`\`${code}\``, String(exitCode)])
  expect(documented.map(([code, exitCode]) => [code, exitCode])).toEqual(expected)
  expect(documented.filter(([, , meaning = '', advice = '']) => meaning.length < 20 || advice.length < 20)).toEqual([])
})

it('docs/errors.md has every exit status, and no other', () => {
  const documented = rows.filter(([status = '']) => /^\d+$/.test(status)).map(([status]) => Number(status))
  expect(documented).toEqual(Object.keys(exitCodes).map(Number))
})
