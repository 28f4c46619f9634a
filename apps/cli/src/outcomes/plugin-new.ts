import { report, type Outcome } from '../outcome.js'
import { showControls } from '../print/width.js'
import type { ProjectName } from '../scaffold/project-name.js'

/** The project of a plugin, which is there now. */
export function projectOutcome(name: ProjectName, directory: string, files: readonly string[]): Outcome {
  return {
    document: () => ({ package: name.package, plugin: name.className, directory, files }),
    text: () =>
      report(`made ${name.package} in ${showControls(directory)}\n${files.map((file) => `  ${file}\n`).join('')}`, {
        notes: [`cd ${name.word} && npm install && npm test`, 'README.md there says how to enable it'],
      }),
  }
}
