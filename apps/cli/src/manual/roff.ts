/** Requests of man(7), one a line. */
export type Lines = readonly string[]

/** Text as roff takes it: no character of it is a command. Line breaks become spaces. */
export function escape(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll(/\s+/g, ' ')
    .replace(/^(?=[.'])/, '\\&')
}

/** An argument of a request, in quotes. */
export function quoted(text: string): string {
  return `"${escape(text).replaceAll('"', '\\(dq')}"`
}

export function section(title: string, ...lines: readonly Lines[]): Lines {
  return [`.SH ${quoted(title.toUpperCase())}`, ...lines.flat()]
}

/** A term in bold, and what it means under it. */
export function term(name: string, description: string): Lines {
  return ['.TP', `.B ${quoted(name)}`, escape(description)]
}

/** A command line, and before it what it does. */
export function example(commandLine: string, does: string): Lines {
  return [escape(`${does[0]?.toUpperCase() ?? ''}${does.slice(1)}:`), '.PP', '.EX', `  ${escape(commandLine)}`, '.EE']
}
