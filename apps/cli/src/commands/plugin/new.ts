import { resolve } from 'node:path'
import { defineCommand } from '../../command.js'
import { flag, groups, required } from '../../options.js'
import { projectOutcome } from '../../outcomes/plugin-new.js'
import { projectNameOf } from '../../scaffold/project-name.js'
import { projectFiles } from '../../scaffold/templates.js'
import { writeProject } from '../../scaffold/write-project.js'

const options = {
  backend: flag({ group: groups.target, description: 'One that adds a destination, held to the conformance suite' }),
}

export const newPlugin = defineCommand({
  arguments: [required('name', 'What it is called, and the directory to make: small letters, digits and hyphens')],
  options,
  examples: [
    ['bakthat plugin new chatty', 'a plugin that hears of backups, in ./chatty'],
    ['bakthat plugin new shelf --backend', 'one that adds the destination shelf'],
  ],
  async run({ backend = false }, _, [word]) {
    const name = projectNameOf(word, backend)
    const directory = resolve(word)
    const files = await projectFiles(name, backend ? 'backend' : 'hook')
    await writeProject(directory, files)
    return projectOutcome(name, directory, [...files.keys()])
  },
})
