import { parseArgs } from 'node:util'

export const help = `Measures backup and restore against tar | zstd | age and against restic, to a local directory or, with the argument s3,
to an S3 server on this machine; there also against tar | zstd | age with rclone and with the AWS CLI.

  --runs N       rounds of each measurement, of which the median counts (5)
  --files N      files in the tree (46000)
  --size MIB     size of the one big file (1024)
  --large        also one round with a file of 4 GiB, for memory
  --scratch DIR  where everything is put, and removed afterwards (/dev/shm)

It wants an idle machine and, with --large, 12 GiB of free scratch space.`

export function readOptions(args) {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    args: args.filter((arg) => arg !== '--'),
    options: {
      runs: { type: 'string', default: '5' },
      files: { type: 'string', default: '46000' },
      size: { type: 'string', default: '1024' },
      large: { type: 'boolean', default: false },
      scratch: { type: 'string', default: '/dev/shm' },
      help: { type: 'boolean', default: false },
    },
  })
  const [place = 'local', ...more] = positionals
  if (!['local', 's3'].includes(place) || more.length > 0) throw new Error(`unknown: ${positionals.join(' ')}`)
  return { ...values, place, runs: count(values.runs), files: count(values.files), size: count(values.size) }
}

function count(text) {
  const number = Number(text)
  if (Number.isInteger(number) && number > 0) return number
  throw new Error(`not a positive whole number: ${text}`)
}
