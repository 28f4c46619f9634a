import { metrics, type Values } from './samples.js'

/**
 * The values in the text format of Prometheus, version 0.0.4
 * (https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format).
 */
export function exposition(values: Values, labels: Readonly<Record<string, string>>): string {
  const written = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`)
  const suffix = written.length === 0 ? '' : `{${written.join(',')}}`
  return Object.entries(metrics)
    .filter(([metric]) => values.has(metric))
    .map(
      ([metric, [type, help]]) =>
        `# HELP ${metric} ${help}\n# TYPE ${metric} ${type}\n${metric}${suffix} ${values.get(metric)!}\n`,
    )
    .join('')
}

/** The values in what {@link exposition} wrote; lines that are damaged are left out. */
export function valuesIn(text: string): Values {
  const lines = [...text.matchAll(/^(bakthat_backup_\w+)(?:\{.*\})? (\S+)$/gm)]
  const values = lines.map(([, metric, value]) => [metric!, Number(value)] as const)
  return new Map(values.filter(([, value]) => Number.isFinite(value)))
}

function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}
