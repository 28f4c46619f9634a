import { createRequire } from 'node:module'
import * as zlib from 'node:zlib'
import type * as NapiBinding from 'zstd-napi/binding.js'
import { BakthatError, hasSystemCode } from '@bakthat/errors'
import type { Zstd } from './contract.js'
import { napiZstd } from './napi-zstd.js'
import { nodeZstd, type NodeZstd } from './node-zstd.js'

/** The zstd at hand: the optional dependency `zstd-napi`, else Node's own (from 22.15 on), else `undefined`. */
export function findZstd(): Zstd | undefined {
  return findNapiZstd() ?? findNodeZstd()
}

/** That of `zstd-napi`, which keeps its working memory and writes into ours. */
export function findNapiZstd(): Zstd | undefined {
  const binding = loadBinding()
  return binding === undefined ? undefined : napiZstd(binding)
}

/** That of Node, which takes new memory for each frame. */
export function findNodeZstd(): Zstd | undefined {
  return 'zstdCompressSync' in zlib ? nodeZstd(zlib as unknown as NodeZstd) : undefined
}

/** The zstd at hand. Throws `UNSUPPORTED` where there is none. */
export function requireZstd(): Zstd {
  const zstd = findZstd()
  if (zstd === undefined) {
    throw new BakthatError('UNSUPPORTED', 'zstd is not at hand in this installation', {
      hint: 'use Node 22.15 or newer, install the optional package zstd-napi, or choose gzip',
    })
  }
  return zstd
}

function loadBinding(): typeof NapiBinding | undefined {
  try {
    return createRequire(import.meta.url)('zstd-napi/binding.js') as typeof NapiBinding
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

/** Not installed, not built, or built for another machine. */
function isMissing(error: unknown): boolean {
  return hasSystemCode(error, 'MODULE_NOT_FOUND', 'ERR_DLOPEN_FAILED')
}
