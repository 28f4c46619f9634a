import { didYouMean } from '@bakthat/errors'
import type { Conf } from './contract.js'
import { destinations } from './definitions.js'

/** Checks what one key alone does not show. */
export function checkTogether(conf: Conf, complain: (key: string, problem: string) => void): void {
  const report = (key: keyof Conf, problem: string | undefined): void => {
    if (problem !== undefined) complain(key, problem)
  }
  report('default_destination', destinationProblem(conf))
  report('compress', compressProblem(conf))
  report('compression_level', levelProblem(conf))
  report('storage_class', storageClassProblem(conf))
}

/** The compression of a profile that may have been written for the Python tool, whose archives are `.tgz`. */
export function compressionFormat({ compression, compress }: Conf): 'zstd' | 'gzip' | 'none' {
  return compression ?? (compress === false ? 'none' : 'gzip')
}

/** Plugins add destinations; without any there is a known number of them. */
function destinationProblem({ default_destination: name, plugins }: Conf): string | undefined {
  if (name === undefined || plugins !== undefined || (destinations as readonly string[]).includes(name))
    return undefined
  return problem('must be local, s3 or glacier', didYouMean(name, destinations))
}

function compressProblem({ compress, compression }: Conf): string | undefined {
  if (compress === undefined || compression === undefined || compress === (compression !== 'none')) return undefined
  return 'contradicts compression: keep that one'
}

function levelProblem(conf: Conf): string | undefined {
  if (conf.compression_level === undefined) return undefined
  const format = compressionFormat(conf)
  if (format === 'none') return 'means nothing without compression'
  return format === 'gzip' && conf.compression_level > 9 ? 'must be a whole number from 1 to 9 for gzip' : undefined
}

const storageClasses = [
  'STANDARD',
  'REDUCED_REDUNDANCY',
  'STANDARD_IA',
  'ONEZONE_IA',
  'INTELLIGENT_TIERING',
  'GLACIER',
  'GLACIER_IR',
  'DEEP_ARCHIVE',
  'EXPRESS_ONEZONE',
  'OUTPOSTS',
  'SNOW',
]

/** Amazon's classes are known; other servers have whatever their administrator called them. */
function storageClassProblem({ storage_class: name, endpoint, provider = 'aws' }: Conf): string | undefined {
  if (name === undefined || endpoint !== undefined || provider !== 'aws') return undefined
  if (storageClasses.includes(name)) return undefined
  return problem("must be one of Amazon's, in capitals", didYouMean(name, storageClasses))
}

function problem(requirement: string, advice: string | undefined): string {
  return advice === undefined ? requirement : `${requirement}; ${advice}`
}
