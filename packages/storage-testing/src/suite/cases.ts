import type { Trial } from './trial.js'

/** One sentence of the contract, and how to see that it is kept. */
export interface Case {
  readonly title: string
  readonly run: (trial: Trial) => Promise<void>
}

/** The cases that `define` tells, in the form in which tests are told everywhere. */
export function cases(define: (it: (title: string, run: Case['run']) => void) => void): readonly Case[] {
  const told: Case[] = []
  define((title, run) => told.push({ title, run }))
  return told
}
