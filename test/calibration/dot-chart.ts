/** A drawing of numbers by row and series on a logarithmic scale. Hand-made SVG: text that anybody can diff. */

export type Chart = {
  readonly title: string
  /** Where the scale begins and ends; what is below stands at the begin, what is beyond at the end. */
  readonly from: number
  readonly to: number
  readonly ticks: readonly { readonly at: number; readonly text: string }[]
  readonly series: readonly string[]
  readonly rows: readonly Row[]
}

/** One value for each series; undefined where there is none. */
export type Row = { readonly label: string; readonly values: readonly (number | undefined)[] }

const width = 960
const left = 240
const right = 30
const top = 70
const rowHeight = 30
const colours = [
  '#0b6e4f',
  '#3aa17e',
  '#8a5a9e',
  '#d1495b',
  '#e08e45',
  '#b08968',
  '#30638e',
  '#7aa5c9',
]

export function dotChart(chart: Chart): string {
  const bottom = top + rowHeight * chart.rows.length
  const height = bottom + 40
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(chart.title)}" font-family="system-ui, sans-serif" font-size="12">`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    `<text x="16" y="24" font-size="15" font-weight="600">${escaped(chart.title)}</text>`,
    ...legend(chart.series),
    ...chart.ticks.flatMap(({ at, text }) => tick(placeOf(chart, at), text, bottom)),
    ...chart.rows.flatMap((row, k) => drawn(chart, row, top + rowHeight * (k + 0.5))),
    '</svg>\n',
  ].join('\n')
}

/** Side by side, each as wide as its name asks for. */
function legend(series: readonly string[]): readonly string[] {
  let x = 22
  return series.map((name, k) => {
    const entry = `<circle cx="${x}" cy="46" r="5" fill="${colourOf(k)}"/><text x="${x + 10}" y="50" font-size="11">${escaped(name)}</text>`
    x += 30 + 6 * name.length
    return entry
  })
}

function tick(x: number, text: string, bottom: number): readonly string[] {
  return [
    `<line x1="${x}" y1="${top}" x2="${x}" y2="${bottom}" stroke="#dddddd"/>`,
    `<text x="${x}" y="${bottom + 20}" text-anchor="middle" fill="#555555">${escaped(text)}</text>`,
  ]
}

/** Dots that would hide each other are moved apart a little, up and down. */
function drawn(chart: Chart, { label, values }: Row, y: number): readonly string[] {
  const middle = (values.length - 1) / 2
  const dots = values.map((value, k) =>
    value === undefined
      ? ''
      : `<circle cx="${placeOf(chart, value)}" cy="${round(y + (k - middle) * 2.5)}" r="5" fill="${colourOf(k)}" fill-opacity="0.85"/>`,
  )
  return [
    `<text x="${left - 14}" y="${y + 4}" text-anchor="end">${escaped(label)}</text>`,
    `<line x1="${left}" y1="${y}" x2="${width - right}" y2="${y}" stroke="#f0f0f0"/>`,
    ...dots.filter((dot) => dot !== ''),
  ]
}

function placeOf({ from, to }: Chart, value: number): number {
  const within = Math.min(to, Math.max(from, value))
  const part = Math.log(within / from) / Math.log(to / from)
  return round(left + part * (width - left - right))
}

function colourOf(k: number): string {
  return colours[k % colours.length] ?? '#000000'
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
}
