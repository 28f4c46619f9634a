import { defineCommand } from '../command.js'
import { answer } from '../outcome.js'
import { readVersion } from '../version.js'

export const version = defineCommand({
  arguments: [],
  options: {},
  examples: [
    ['bakthat version', 'of this program and of what it runs on: for a report of a bug'],
    ['bakthat version --json', 'for a script'],
  ],
  run() {
    const known = {
      bakthat: readVersion(),
      node: process.versions.node,
      platform: `${process.platform} ${process.arch}`,
    }
    return Promise.resolve({
      document: () => known,
      text: () => answer(`bakthat ${known.bakthat}, Node ${known.node}, ${known.platform}\n`),
    })
  },
})
