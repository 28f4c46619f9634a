/** The command lines of `bakthat` in the shell fences of a page, each as its words. */
export function commandLinesOf(page: string): readonly (readonly string[])[] {
  return [...page.matchAll(/^ *```(?:sh|console)\n([^]*?)^ *```$/gm)]
    .flatMap(([, code = '']) => code.replaceAll(/ *\\\n */g, ' ').split('\n'))
    .flatMap(commandsOf)
    .filter(([program]) => program === 'bakthat')
}

const comment = /(?:^|\s)#.*/
const separator = /[|&;()]+|\$\(|\$ /
const redirection = /\d?[<>]+ *\S+/
const word = /(?:'[^']*'|"[^"]*"|\\.|[^\s|&;()<>'"\\])+/
const token = new RegExp(`${comment.source}|(${separator.source})|${redirection.source}|(${word.source})`, 'g')

/** The commands of one line, without the variables that are set before them, comments and redirections. */
function commandsOf(line: string): readonly (readonly string[])[] {
  const commands: string[][] = [[]]
  for (const [, between, found] of line.matchAll(token)) {
    if (between !== undefined) commands.push([])
    else if (found !== undefined) commands.at(-1)!.push(unquoted(found))
  }
  return commands.map((words) => words.slice(words.findIndex((each) => !/^\w+=/.test(each))))
}

function unquoted(word: string): string {
  return word.replaceAll(
    /'([^']*)'|"([^"]*)"|\\(.)/g,
    (_, single = '', double = '', escaped = '') => `${single}${double}${escaped}`,
  )
}
