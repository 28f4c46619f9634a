import { piecesOf, type ByteRange } from '@bakthat/storage'

import { leafSize } from './tree-hash.js'

/** Bytes of an archive. */
export type Window = ByteRange

/** Leaves that one request for the output of a job is for: a power of two, so that every such window has a tree hash. */
const piece = 8

/**
 * What to ask for, so that a range of an archive can be had with tree hashes: one or two aligned windows (each a node of
 * the tree) that follow upon one another and hold it, in all at most twice as many MiB as the range touches. An empty range asks for the MiB that it lies at.
 */
export function coverOf({ start, end }: Window, size: number): Window[] {
  const all = leavesOf(size)
  const first = Math.min(Math.floor(start / leafSize), all - 1)
  const last = Math.max(first, leavesOf(end) - 1)
  let width = 1
  while (Math.floor(first / width) !== Math.floor(last / width)) width *= 2
  const begin = Math.floor(first / width) * width
  const finish = Math.min(begin + width, all)
  const bytes = (from: number, to: number): Window => ({ start: from * leafSize, end: Math.min(to * leafSize, size) })
  if (finish - begin <= 2 * (last + 1 - first)) return [bytes(begin, finish)]
  const middle = begin + width / 2
  return [
    bytes(middle - powerFrom(middle - first), middle),
    bytes(middle, Math.min(middle + powerFrom(last + 1 - middle), all)),
  ]
}

/** An aligned window in aligned windows of at most 8 MiB. */
export function windowsOf(window: Window): Iterable<Window> {
  return piecesOf(window, piece * leafSize)
}

function leavesOf(bytes: number): number {
  return Math.ceil(bytes / leafSize)
}

function powerFrom(least: number): number {
  let power = 1
  while (power < least) power *= 2
  return power
}
